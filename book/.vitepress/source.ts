// Which files of the tree have a page of their own, and what stands on it: the file, and which pages it is read in.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sourcePage } from './listings'
import { chapters, isFolder, namesIn, pages, root, sitePath, target } from './tree'

const INCLUSION = /^<<<\s*@\/([^#{\s]+)/gm
const LINK = /\]\(([^)\s]+)\)/g

export function shownAsSource() {
    const readers = new Map<string, Set<string>>()
    const note = (path: string, page?: string) => {
        const known = readers.get(path) ?? new Set()
        readers.set(path, page ? known.add(page) : known)
    }
    for (const page of pages())
        for (const path of namedIn(page)) {
            note(path, page)
            if (isFolder(path)) filesIn(path).forEach((name) => note(`${path}/${name}`))
        }
    return [...readers].map(([path, from]) => ({
        params: { path: isFolder(path) ? `${path}/index` : path },
        content: isFolder(path) ? folderPage(path, from) : filePage(path, from),
    }))
}

// What a page includes or links to, and is no page.
function namedIn(page: string): string[] {
    const text = readFileSync(join(root, page), 'utf8')
    const included = [...text.matchAll(INCLUSION)].map(([, path]) => path)
    const linked = [...text.matchAll(LINK)].map(([, href]) => target(href, page)).filter((path) => path !== undefined)
    return [...included, ...linked].filter((path) => existsSync(join(root, path)) && !/\.(md|svg|png)$/.test(path))
}

function filesIn(folder: string): string[] {
    return namesIn(folder).filter((name) => !isFolder(`${folder}/${name}`) && !/\.(md|svg|png|pyc)$/.test(name))
}

function filePage(path: string, from: Set<string>): string {
    return `# \`${path}\`\n\n${readIn(from)}\n\n<<< @/${path}\n`
}

function folderPage(path: string, from: Set<string>): string {
    const files = filesIn(path).map((name) => `- <a href="${sourcePage(`${path}/${name}`)}"><code>${name}</code></a>`)
    return `# \`${path}/\`\n\n${readIn(from)}\n\n${files.join('\n')}\n`
}

function readIn(from: Set<string>): string {
    if (!from.size) return ''
    return `Read in: ${[...from].map((page) => `<a href="/${sitePath(page).replace(/\.md$/, '.html')}">${title(page)}</a>`).join(', ')}.`
}

function title(page: string): string {
    const chapter = chapters.find(({ folder }) => page === `chapters/${folder}/chapter.md`)
    if (chapter) return `${chapter.number}. ${chapter.title}`
    return readFileSync(join(root, page), 'utf8').match(/^# (.*)$/m)?.[1] ?? page
}
