// How code stands in the pages.
//
// `<<< @/path#region{language}` becomes
//
//     <figure class="listing" data-file="path" data-region="region">
//         <figcaption>the path, which leads to the page with the whole file, and the region</figcaption>
//         the code; in a <details> that is open, if it is long
//     </figure>
//
// so that a script can read from the page what is to be typed. A fence ```sh follow``` has the attribute data-follow: a
// reader who follows the page types it, and so does that script.
import { isFolder, languageOf, root, shownText, sitePath, target } from './tree'
import { relative } from 'node:path'

const LONG = 80   // lines; longer listings can be folded

export function listings(markdown) {
    const fence = markdown.renderer.rules.fence
    markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
        const token = tokens[index]
        const render = () => fence(tokens, index, options, env, self)
        if (!token.src) return withFollow(token, render)
        env.includes?.push(token.src[0])
        return env.isForSearch ? '' : listing(token, render, markdown.utils.escapeHtml)
    }
}

// Colouring takes most of the time in which the site is made, and many files stand on two pages.
const coloured = new Map<string, string>()

function remembered(token, render): string {
    const key = `${token.info} ${token.content}`
    if (!coloured.has(key)) coloured.set(key, render())
    return coloured.get(key)!
}

function listing(token, render, escape): string {
    const [file, region] = token.src
    const path = relative(root, file)
    token.src = undefined   // we have read it; VitePress shall not
    token.content = textOf(path, region)
    token.info = token.info.match(/^[\w-]+/)?.[0] ?? ''
    if (!token.info || path.endsWith(`.${token.info}`)) token.info = languageOf(path)
    const name = `<a href="${sourcePage(path)}" target="_self"><code>${escape(path).replaceAll('/', '/<wbr>')}</code></a>`
    const part = region ? ` <span class="region">${escape(region)}</span>` : ''
    return `<figure class="listing" data-file="${escape(path)}" data-region="${escape(region ?? '')}">`
        + `<figcaption>${name}${part}</figcaption>${folding(token.content, remembered(token, render))}</figure>`
}

function textOf(path: string, region: string): string {
    try {
        return shownText(path, region)
    } catch (error) {
        if (process.env.PITH_BOOK_IS_DRAFT) return `${error}\n`
        throw error
    }
}

// Open at first: whoever reads on has read it all, and may fold it away.
function folding(text: string, block: string): string {
    const count = text.split('\n').length - 1
    return count > LONG ? `<details open><summary>${count} lines</summary>${block}</details>` : block
}

function withFollow(token, render): string {
    const follow = /^\s*sh\s+follow\s*$/.test(token.info)
    if (follow) token.info = 'sh'
    return follow ? render().replace(/^<div /, '<div data-follow ') : render()
}

// The page that shows a file, or what is in a folder. Its own name ends in .html, whatever the file's ends in.
export function sourcePage(path: string): string {
    return isFolder(path) ? `/source/${path}/index.html` : `/source/${path}.html`
}

// A cell that is empty is no heading, wherever it stands.
export function emptyHeadings(markdown) {
    markdown.core.ruler.push('pith-empty-headings', ({ tokens }) => {
        tokens.forEach((token, at) => {
            if (token.type === 'th_open' && !tokens[at + 1].content) tokens[at].tag = tokens[at + 2].tag = 'td'
        })
    })
}

// Links are written as paths in the tree, so that they can be followed there too. In the site they lead to the page, or to
// the page that shows the file.
export function treeLinks(markdown) {
    markdown.core.ruler.push('pith-tree-links', ({ tokens, env }) => {
        const page = relative(root, env.realPath ?? env.path ?? root)   // a heading by itself has no path
        for (const token of tokens.flatMap((block) => block.children ?? []))
            if (token.type === 'link_open') lead(token, target(token.attrGet('href'), page))
    })
}

// `target` says to VitePress that the page is none of its own.
function lead(link, path: string | undefined) {
    if (path?.endsWith('.md')) link.attrSet('href', sitePage(path) + (link.attrGet('href').match(/#.*$/)?.[0] ?? ''))
    else if (path !== undefined) {
        link.attrSet('href', sourcePage(path))
        link.attrSet('target', '_self')
    }
}

function sitePage(path: string): string {
    return `/${sitePath(path).replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '.html')}`
}
