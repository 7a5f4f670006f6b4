// The site: which pages there are, in which order, and how they are shown.
//
// The pages are files of the tree: chapters/*/chapter.md, docs/*.md and book/*.md; what stands in book/ is at the top of the site.
// tools/pith/book.py looks at them first: here, a mistake in a page ends the build without its line.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import assembly from './assembly'
import cpp from './cpp'
import { figures } from './figures'
import { emptyHeadings, listings, treeLinks } from './listings'
import { serveSources, writeSourcePages } from './source'
import { chapters, sitePath } from './tree'

export default defineConfig({
    title: 'Pith',
    description: 'A small operating system in C++23, and the book that explains it',
    lang: 'en-GB',
    head: [
        ['meta', { name: 'theme-color', content: '#1f5f8b' }],
        ['link', { rel: 'icon', href: 'data:,' }],   // no icon: the browser need not ask for one
        ['noscript', {}, `<link rel="stylesheet" href="/without-script.css">`],
    ],

    srcDir: '..',
    srcExclude: ['*.md', '!(book|chapters|docs)/**', 'chapters/*/!(chapter.md)', 'chapters/*/*/**', 'book/node_modules/**'],
    rewrites: sitePath,
    ignoreDeadLinks: Boolean(process.env.PITH_BOOK_IS_DRAFT),   // of a draft some pages may be missing
    outDir: '../out/book',
    cacheDir: '../out/book-cache',
    vite: {
        publicDir: fileURLToPath(new URL('public', import.meta.url)),
        plugins: [findLibraries(), serveSources],
        server: { watch: { ignored: ['**/out/**'] } },
    },

    buildEnd: writeSourcePages,

    markdown: {
        languages: [assembly, cpp],
        theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
        codeCopyButtonTitle: 'Copy',
        config(markdown) {
            figures(markdown)
            listings(markdown)
            treeLinks(markdown)
            emptyHeadings(markdown)
        },
    },

    themeConfig: {
        search: { provider: 'local', options: { _render: textForSearch } },
        outline: [2, 3],
        outlineTitle: 'On this page',
        docFooter: { prev: 'Before', next: 'Next' },
        externalLinkIcon: false,
        sidebar: [
            {
                text: 'Pith',
                items: [
                    { text: 'Start', link: '/' },
                    { text: 'Set up', link: '/setup' },
                    { text: 'The map', link: '/map' },
                ],
            },
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
                    { text: 'When it fails', link: '/failures' },
                    { text: 'Architecture', link: '/docs/architecture' },
                    { text: 'Decisions', link: '/docs/decisions' },
                    { text: 'Parts for your own kernel', link: '/reference/' },
                    { text: 'The C++ library', link: '/docs/library' },
                    { text: 'Figures', link: '/docs/performance' },
                    { text: 'Reliability', link: '/docs/reliability' },
                    { text: 'References', link: '/docs/references' },
                ],
            },
        ],
    },
})

// Search looks through the text of the book's pages: not through the code, nor the pages that show files.
function textForSearch(source, env, markdown) {
    const html = markdown.render(source, Object.assign(env, { isForSearch: true }))
    return env.frontmatter?.search === false ? '' : html
}

// The pages import Vue, and most lie outside book/, whose node_modules they do not see. So we look from here.
// VitePress also asks Vite to prepare some libraries, which Vite would look for in the tree's root: they do without.
function findLibraries() {
    return {
        name: 'pith-find-libraries',
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
