// Figures: `![what it shows](figure:NAME)` alone on a line becomes out/figures/NAME.svg or NAME.png with a caption.
//
// The tree makes them (tools/pith/figures), before this. A drawing is put into the page itself: so it takes its colours
// from the page, in light and dark.
import { existsSync, readFileSync } from 'node:fs'
import { relative, dirname } from 'node:path'
import { root } from './tree'

const MADE = `${root}/out/figures`

export function figures(markdown) {
    const { escapeHtml } = markdown.utils
    markdown.core.ruler.push('pith-figures', (state) => {
        state.tokens.forEach((token, at) => {
            const image = onlyImage(token)
            if (!image?.attrGet('src')?.startsWith('figure:') || state.tokens[at - 1]?.type !== 'paragraph_open') return
            const figure = new state.Token('html_block', '', 0)
            figure.content = html(image.attrGet('src').slice('figure:'.length), image.content, state.env, escapeHtml)
            state.tokens[at] = figure
            state.tokens[at - 1].hidden = state.tokens[at + 1].hidden = true
        })
    })
}

function onlyImage(token) {
    return token.type === 'inline' && token.children.length === 1 && token.children[0].type === 'image' ? token.children[0] : null
}

function html(name: string, caption: string, env, escape): string {
    return `<figure class="drawn" data-figure="${escape(name)}">\n${picture(name, caption, env, escape)}\n`
        + `<figcaption v-pre>${escape(caption)}</figcaption>\n</figure>\n`
}

function picture(name: string, caption: string, env, escape): string {
    const [drawing, screen] = [`${MADE}/${name}.svg`, `${MADE}/${name}.png`]
    if (existsSync(drawing)) {
        env.includes?.push(drawing)
        const svg = inline(readFileSync(drawing, 'utf8'), name, escape(caption))
        return `<div class="drawing" tabindex="0" role="group" aria-label="Figure">${svg}</div>`
    }
    if (existsSync(screen)) return screenshot(screen, escape(caption), env)
    if (process.env.PITH_BOOK_IS_DRAFT) return `<p class="not-made">The figure ${escape(name)} is not made yet.</p>`
    throw new Error(`there is no figure '${name}' in out/figures`)
}

// A file's SVG as an element of a page: its names become its own, and it says what it shows.
function inline(file: string, name: string, caption: string): string {
    const drawing = file.slice(file.indexOf('<svg')).trim()
        .replace(/\bid="/g, `id="${name}-`).replace(/url\(#/g, `url(#${name}-`).replace(/href="#/g, `href="#${name}-`)
        .replace(/<(title|desc)>[^]*?<\/\1>/g, '')
        .replace(/<style([^>]*)>([^]*?)<\/style>/g, '<component is="style"$1>$2</component>')
    const opening = drawing.slice(0, drawing.indexOf('>')).replace(/\s(role|aria-label|aria-labelledby)="[^"]*"/g, '')
    return `${opening} role="img" aria-label="${caption}"${drawing.slice(drawing.indexOf('>'))}`
}

function screenshot(file: string, caption: string, env): string {
    const header = readFileSync(file)
    const [width, height] = [header.readUInt32BE(16), header.readUInt32BE(20)]   // of the PNG's first chunk
    const path = relative(dirname(env.realPath ?? env.path), file)
    return `<img class="screenshot" src="${path}" alt="${caption}" width="${width}" height="${height}">`
}
