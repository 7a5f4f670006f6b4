// The built site, as the tests see it: its pages, served on this machine, and a browser for them.
import { createReadStream, existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join, relative } from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const site = process.env.PITH_SITE ?? join(root, 'out', 'book')

// The libraries are the book's, in its node_modules.
const require = createRequire(join(root, 'book', 'package.json'))
const { chromium } = require('playwright-core')
export const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

const CHROMIUM = process.env.PITH_CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage']
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png',
    '.svg': 'image/svg+xml', '.json': 'application/json' }

if (!existsSync(join(site, 'index.html'))) throw new Error(`${site} is not there; './pith book' makes it`)

// All pages, as paths of the site. Those below /source show files and are plain; the others are the book.
export const allPages = htmlFiles(site).map((file) => `/${relative(site, file)}`).filter((page) => page !== '/404.html')
export const pages = allPages.filter((page) => !page.startsWith('/source/'))
export const chapters = JSON.parse(readFileSync(join(root, 'chapters', 'chapters.json'), 'utf8'))

function htmlFiles(folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? htmlFiles(join(folder, entry.name))
            : entry.name.endsWith('.html') ? [join(folder, entry.name)] : []).sort()
}

// Serves the site's files and nothing else; returns where, and how to stop it.
async function serve() {
    const server = createServer((request, response) => {
        const path = decodeURIComponent(new URL(request.url, 'http://site').pathname)
        const file = join(site, path.endsWith('/') ? `${path}index.html` : path)
        if (!file.startsWith(site) || !existsSync(file) || !statSync(file).isFile()) {
            response.writeHead(404).end('there is no such page')
            return
        }
        response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' })
        createReadStream(file).pipe(response)
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() }
}

// For the tests of a file: the site, served, and a browser. `browser` and `origin` are there when the tests run.
export function served() {
    const it = {}
    let server
    before(async () => {
        server = await serve()
        it.origin = server.origin
        it.browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
    })
    after(async () => {
        await it.browser?.close()
        server?.stop()
    })
    return it
}

// A tab that remembers what went wrong in it: errors, and requests that leave the site.
export async function newTab(browser, origin, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options })
    const tab = await context.newPage()
    const wrong = []
    tab.on('console', (message) => { if (message.type() === 'error') wrong.push(`console: ${message.text()}`) })
    tab.on('pageerror', (error) => wrong.push(`error: ${error.message}`))
    tab.on('request', (request) => {
        const address = request.url()
        if (!address.startsWith(origin) && !/^(data|blob):/.test(address)) wrong.push(`request to ${address}`)
    })
    tab.on('response', (response) => {
        if (response.status() >= 400) wrong.push(`${response.status()} for ${response.url()}`)
    })
    // A page is there when it was read to its end; its scripts are when nothing is asked for any more.
    const open = async (page) => {
        await tab.goto(origin + page, { waitUntil: 'load' })
        await tab.waitForLoadState('networkidle')
    }
    return { tab, wrong, open, close: () => context.close() }
}
