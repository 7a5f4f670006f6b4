// Every link within the site leads to a page that is there, and to a place in it.
import assert from 'node:assert/strict'
import { readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { allPages, site } from './site.mjs'

const places = new Map()   // of each page, once it was read

function textOf(page) {
    return readFileSync(join(site, page), 'utf8')
}

function placesIn(page) {
    const ids = () => [...textOf(page).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => unescaped(id))
    if (!places.has(page)) places.set(page, new Set(ids()))
    return places.get(page)
}

function unescaped(text) {
    return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&')
}

function problem(page, href) {
    const to = new URL(unescaped(href), `http://site${page}`)
    if (to.host !== 'site' || !/^https?:$/.test(to.protocol)) return ''
    const path = decodeURIComponent(to.pathname)
    const file = path.endsWith('/') ? `${path}index.html` : path
    if (!existsSync(join(site, file))) return `${page}: ${href} leads to no page`
    const place = decodeURIComponent(to.hash.slice(1))
    return !place || !file.endsWith('.html') || placesIn(file).has(place) ? '' : `${page}: there is no place '${place}' in ${path}`
}

function linksIn(page) {
    return [...textOf(page).matchAll(/<a\s[^>]*?href="([^"]*)"/g)].map(([, href]) => href)
}

test('every link leads somewhere', () => {
    const links = allPages.flatMap((page) => linksIn(page).map((href) => [page, href]))
    const found = links.map(([page, href]) => problem(page, href)).filter(Boolean)
    assert.deepEqual([...new Set(found)], [])
    assert.ok(links.length > 1000, `there are only ${links.length} links`)
})

test('every page of the book can be reached from the first', () => {
    const reached = new Set(['/index.html'])
    for (const page of reached)   // what is added while this goes on is looked at, too
        for (const href of linksIn(page)) {
            const to = new URL(unescaped(href), `http://site${page}`)
            const file = to.pathname.endsWith('/') ? `${to.pathname}index.html` : to.pathname
            if (to.host === 'site' && allPages.includes(decodeURIComponent(file))) reached.add(decodeURIComponent(file))
        }
    assert.deepEqual(allPages.filter((page) => !reached.has(page)), [])
})

test('pages that show files are in no need of anything', () => {
    for (const page of allPages.filter((one) => one.startsWith('/source/'))) {
        const requests = [...textOf(page).matchAll(/\s(?:src|href)="(https?:\/\/[^"]*)"/g)].map(([, address]) => address)
        assert.deepEqual(requests, [], page)
    }
})
