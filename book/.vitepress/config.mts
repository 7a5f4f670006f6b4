// The site: which pages there are, in which order, and how code is shown in them.
//
// The pages are files of the tree: chapters/*/chapter.md, docs/*.md and book/index.md. A code block is a line
// `<<< @/path/from/the/root#region`: VitePress reads the file when the site is made. It would show all of a file
// whose region is gone; tools/pith/book.py looks first.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { relative } from 'node:path'
import { defineConfig } from 'vitepress'
import assembly from './assembly'

interface Chapter {
    number: number
    folder: string
    title: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const chapters: Chapter[] = JSON.parse(readFileSync(`${root}/chapters/chapters.json`, 'utf8'))

export default defineConfig({
    title: 'Pith',
    description: 'A small operating system in C++23, and the book that explains it',
    lang: 'en',

    srcDir: '..',
    srcExclude: ['*.md', '!(book|chapters|docs)/**'],
    rewrites: { 'book/index.md': 'index.md' },
    outDir: '../out/book',
    cacheDir: '../out/book-cache',
    vite: {
        plugins: [findVue()],
        server: { watch: { ignored: ['**/out/**'] } },
    },

    markdown: {
        languages: [assembly],
        // The highlighter knows these by other names.
        languageAlias: { hpp: 'cpp', ld: 'c', inc: 'c' },
        config: showPaths,
    },

    themeConfig: {
        search: { provider: 'local' },
        outline: [2, 3],
        sidebar: [
            { text: 'Pith', items: [{ text: 'Start', link: '/' }] },
            {
                text: 'Chapters',
                items: chapters.map(({ number, folder, title }) => ({
                    text: `${number}. ${title}`,
                    link: `/chapters/${folder}/chapter`,
                })),
            },
            {
                text: 'Behind the chapters',
                items: [
                    { text: 'Architecture', link: '/docs/architecture' },
                    { text: 'Decisions', link: '/docs/decisions' },
                    { text: 'The C++ library', link: '/docs/library' },
                    { text: 'References', link: '/docs/references' },
                ],
            },
        ],
    },
})

// Above each block that comes from a file: which file, and which region of it.
function showPaths(markdown) {
    const { escapeHtml } = markdown.utils
    const fence = markdown.renderer.rules.fence
    markdown.renderer.rules.fence = (tokens, index, ...rest) => {
        const block = fence(tokens, index, ...rest)
        const [file, region] = tokens[index].src ?? []
        if (!file) return block
        const path = relative(root, file) + (region ? ` (${region})` : '')
        return `<p class="code-path"><code>${escapeHtml(path)}</code></p>${block}`
    }
}

// The pages import Vue, and most lie outside book/, whose node_modules they do not see. So we look from here.
// VitePress also asks Vite to prepare some libraries, which Vite would look for in the tree's root: they do without.
function findVue() {
    return {
        name: 'pith-find-vue',
        enforce: 'pre',
        configResolved(config) {
            config.optimizeDeps.include = []
        },
        resolveId(id, importer, options) {
            if (!/^vue($|\/)/.test(id) || !importer?.endsWith('.md')) return null
            return this.resolve(id, fileURLToPath(import.meta.url), { ...options, skipSelf: true })
        },
    } as const
}
