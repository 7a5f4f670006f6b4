// The pages that show files of the tree, and what is in a folder: one for each that a page of the book includes or links to.
//
// They are plain HTML, written when the site is made: there are hundreds, and VitePress would make a program of each.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createMarkdownRenderer } from 'vitepress'
import { sourcePage } from './listings'
import { chapters, isFolder, namesIn, pages, root, sitePath, target } from './tree'

const INCLUSION = /^<<<\s*@\/([^#{\s]+)/gm
const LINK = /\]\(([^)\s]+)\)/g
const SHOWN_ELSEWHERE = /\.(md|svg|png|pyc)$/

type Readers = Map<string, Set<string>>   // the files, and which pages each is read in

export async function writeSourcePages({ outDir, srcDir, markdown, site }) {
    const renderer = await createMarkdownRenderer(srcDir, markdown, site.base)
    const style = readdirSync(join(outDir, 'assets')).find((name) => /^style\..*\.css$/.test(name))
    for (const [path, readers] of shown()) {
        const listing = isFolder(path) ? folder(path) : renderer.render(`<<< @/${path}`, { path: join(root, 'source.md') })
        const file = join(outDir, sourcePage(path))
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, page(isFolder(path) ? `${path}/` : path, readIn(readers) + listing, `/assets/${style}`))
    }
}

// While pages are written, links to files show them as they are.
export const serveSources = {
    name: 'pith-serve-sources',
    configureServer(server) {
        server.middlewares.use('/source', (request, response, next) => {
            const path = decodeURI(request.url).replace(/^\//, '').replace(/(\/index)?\.html([?#].*)?$/, '')
            if (!existsSync(join(root, path))) return next()
            response.setHeader('Content-Type', 'text/plain; charset=utf-8')
            response.end(isFolder(path) ? namesIn(path).join('\n') : readFileSync(join(root, path)))
        })
    },
}

function shown(): Readers {
    const readers: Readers = new Map()
    const note = (path: string, page?: string) => {
        const known = readers.get(path) ?? new Set()
        readers.set(path, page ? known.add(page) : known)
    }
    for (const page of pages())
        for (const path of namedIn(page)) {
            note(path, page)
            if (isFolder(path)) filesIn(path).forEach((name) => note(`${path}/${name}`))
        }
    return readers
}

// What a page includes or links to, and is no page.
function namedIn(page: string): string[] {
    const text = readFileSync(join(root, page), 'utf8')
    const included = [...text.matchAll(INCLUSION)].map(([, path]) => path)
    const linked = [...text.matchAll(LINK)].map(([, href]) => target(href, page)).filter((path) => path !== undefined)
    return [...included, ...linked].filter((path) => existsSync(join(root, path)) && !SHOWN_ELSEWHERE.test(path))
}

function filesIn(path: string): string[] {
    return namesIn(path).filter((name) => !isFolder(`${path}/${name}`) && !SHOWN_ELSEWHERE.test(name))
}

function folder(path: string): string {
    const files = filesIn(path).map((name) => `<li><a href="${sourcePage(`${path}/${name}`)}"><code>${name}</code></a></li>`)
    return `<ul>\n${files.join('\n')}\n</ul>`
}

function readIn(readers: Set<string>): string {
    if (!readers.size) return ''
    const links = [...readers].map((page) => `<a href="/${sitePath(page).replace(/\.md$/, '.html')}">${title(page)}</a>`)
    return `<p>Read in: ${links.join(', ')}.</p>\n`
}

function title(page: string): string {
    const chapter = chapters.find(({ folder }) => page === `chapters/${folder}/chapter.md`)
    if (chapter) return `${chapter.number}. ${chapter.title}`
    return readFileSync(join(root, page), 'utf8').match(/^# (.*)$/m)?.[1] ?? page
}

// The script is VitePress's own choice between light and dark, as the reader has set it.
function page(name: string, content: string, style: string): string {
    return `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${name} | Pith</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${style}">
<script>
const chosen = localStorage.getItem('vitepress-theme-appearance') || 'auto'
const isDark = chosen === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark'
document.documentElement.classList.toggle('dark', isDark)
</script>
</head>
<body class="source-page">
<header><a href="/">Pith</a></header>
<main class="vp-doc">
<h1><code>${name.replaceAll('/', '/<wbr>')}</code></h1>
${content}
</main>
</body>
</html>
`
}
