// The tree that the book is about: where it is, which of its files are pages, and what of a file is shown.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'

export interface Chapter {
    number: number
    folder: string
    title: string
}

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const chapters: Chapter[] = JSON.parse(readFileSync(`${root}/chapters/chapters.json`, 'utf8'))

// The pages, as paths from the root: what tools/pith/book.py calls PAGES.
export function pages(): string[] {
    const texts = (folder: string) => (existsSync(join(root, folder)) ? namesIn(folder) : [])
        .filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`)
    const ofChapters = chapters.map(({ folder }) => `chapters/${folder}/chapter.md`)
    return [...ofChapters.filter((page) => existsSync(join(root, page))), ...['docs', 'book', 'book/reference'].flatMap(texts)]
}

// The path of a page in the site: those of book/ stand at its top.
export function sitePath(page: string): string {
    return page.replace(/^book\//, '')
}

export function namesIn(folder: string): string[] {
    return readdirSync(join(root, folder)).sort()
}

export function isFolder(path: string): boolean {
    return statSync(join(root, path)).isDirectory()
}

// What a link in a page leads to, as a path from the root; nothing, if it does not lead into the tree.
export function target(href: string, page: string): string | undefined {
    if (/^([a-z][a-z+.-]*:|\/|#)/i.test(href)) return undefined
    const file = resolve(root, dirname(page), decodeURIComponent(href.replace(/[?#].*$/, '')))
    return file.startsWith(`${root}/`) ? relative(root, file) : undefined
}

// A line that begins or ends a region, in C++ and assembly, C and linker scripts, Python and CMake.
const MARKER = /^\s*(\/\/|\/\*|#) ?#(end)?region\b/

// A file's text, or a region of it, without the lines that mark regions. One empty line is left where two would meet.
export function shownText(path: string, region = ''): string {
    const lines = readFileSync(join(root, path), 'utf8').replace(/\n+$/, '').split('\n')
    return (region ? dedented(regionOf(lines, region, path)) : withoutMarkers(lines)).join('\n') + '\n'
}

function regionOf(lines: string[], region: string, path: string): string[] {
    const marks = (word: string) => lines.findIndex((line) => MARKER.test(line) && isNamed(line, word, region))
    const [start, end] = [marks('#region'), marks('#endregion')]
    if (start < 0 || end < start) throw new Error(`${path} has no region '${region}'`)
    return withoutMarkers(lines.slice(start + 1, end))
}

function isNamed(line: string, word: string, region: string): boolean {
    const words = line.replace(/\*\/\s*$/, '').trim().split(/\s+/)
    return words.at(-1) === region && words.at(-2) === word
}

function withoutMarkers(lines: string[]): string[] {
    const shown: string[] = []
    let wasMarker = false
    for (const line of lines) {
        const isMarker = MARKER.test(line)
        const doubles = wasMarker && line.trim() === '' && (shown.at(-1) ?? '').trim() === ''
        if (!isMarker && !doubles) shown.push(line)
        wasMarker = isMarker
    }
    while (shown.length && shown.at(-1)!.trim() === '') shown.pop()
    return shown
}

function dedented(lines: string[]): string[] {
    const indents = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length)
    const least = indents.length ? Math.min(...indents) : 0
    return lines.map((line) => line.slice(least))
}

const LANGUAGES: Record<string, string> = {
    cpp: 'cpp', hpp: 'cpp', S: 'assembly', inc: 'c', ld: 'c', py: 'python', sh: 'sh', json: 'json', cmake: 'cmake',
}

// The language in which the highlighter is to read a file.
export function languageOf(path: string): string {
    if (basename(path) === 'CMakeLists.txt') return 'cmake'
    return LANGUAGES[extname(path).slice(1)] ?? 'text'
}
