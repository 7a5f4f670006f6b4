// What a reader does with the site: searches it, reads on, replays the session, takes code along.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chapters, newTab, served } from './site.mjs'

const here = served()

async function opened(t, page, options) {
    const { tab, wrong, open, close } = await newTab(here.browser, here.origin, options)
    t.after(close)
    await open(page)
    return { tab, wrong }
}

// The box comes with the search's own script, which is asked for when the page is there.
async function openSearch(tab) {
    const box = tab.locator('#localsearch-input')
    for (let tries = 0; tries < 20 && !(await box.isVisible()); ++tries) {
        await tab.keyboard.press('Control+k')
        await box.waitFor({ timeout: 1500 }).catch(() => {})
    }
}

const addressOf = ({ folder }) => `/chapters/${folder}/chapter.html`

describe('search', () => {
    // Words that have to be in the book (issue 7), beside the chapter's title.
    const TERMS = { 1: 'Multiboot', 2: 'long mode', 3: 'freestanding', 4: 'volatile', 5: 'debug-exit', 6: 'convention',
        7: 'error code', 8: 'red zone', 9: 'interrupt stack table', 10: 'frame allocator', 11: 'recursive',
        12: 'guard page', 13: 'allocator', 14: 'APIC', 15: 'coroutine', 16: 'framebuffer' }

    test('finds a term of each chapter', async (t) => {
        const { tab, wrong } = await opened(t, '/')
        await openSearch(tab)
        const missing = []
        for (const chapter of chapters) {
            const term = `${TERMS[chapter.number] ?? ''} ${chapter.title}`
            await tab.locator('#localsearch-input').fill(term)
            const result = tab.locator(`.VPLocalSearchBox a.result[href^="${addressOf(chapter)}"]`).first()
            await result.waitFor({ timeout: 10000 }).catch(() => missing.push(`${chapter.number}: ${term}`))
        }
        assert.deepEqual(missing, [])
        assert.deepEqual(wrong, [])
    })

    test('leads to the page', async (t) => {
        const { tab } = await opened(t, '/')
        await openSearch(tab)
        await tab.locator('#localsearch-input').fill(chapters[0].title)
        await tab.locator(`.VPLocalSearchBox a.result[href^="${addressOf(chapters[0])}"]`).first().click()
        await tab.waitForURL(`**${addressOf(chapters[0])}**`)
        assert.equal(await tab.locator('h1').innerText().then((text) => text.replace('\u200b', '').trim() !== ''), true)
    })
})

test('one chapter leads to the next, to the end and back', async (t) => {
    const { tab, wrong } = await opened(t, addressOf(chapters[0]))
    for (const chapter of chapters.slice(1)) {
        await tab.locator(`.pager-link.next[href="${addressOf(chapter)}"]`).click()
        await tab.waitForURL(`**${addressOf(chapter)}`)
    }
    const back = addressOf(chapters.at(-2))
    await tab.locator(`.pager-link.prev[href="${back}"]`).click()
    await tab.waitForURL(`**${back}`)
    assert.deepEqual(wrong, [])
})

test('a path above a listing leads to the whole file', async (t) => {
    const { tab, wrong } = await opened(t, addressOf(chapters[0]))
    const link = tab.locator('figure.listing figcaption a').first()
    const file = await link.innerText()
    await link.click()
    await tab.waitForURL(`**/source/${file}.html`)
    assert.equal(await tab.locator('h1').innerText(), file)
    assert.ok((await tab.locator('pre code').innerText()).length > 10)
    await tab.locator(`main a[href="${addressOf(chapters[0])}"]`).first().click()
    await tab.waitForURL(`**${addressOf(chapters[0])}`)
    assert.deepEqual(wrong, [])
})

test('code can be copied', async (t) => {
    const { tab } = await opened(t, addressOf(chapters[0]), { permissions: ['clipboard-read', 'clipboard-write'] })
    const block = tab.locator('figure.listing').first()
    await block.hover()
    await block.locator('button.copy').click()
    const copied = await tab.evaluate(() => navigator.clipboard.readText())
    assert.equal(copied.trim(), (await block.locator('pre code').innerText()).trim())
})

describe('the recorded session', () => {
    test('is replayed in the page', async (t) => {
        const { tab, wrong } = await opened(t, '/')
        const player = tab.locator('.recording .ap-player')
        await player.waitFor()
        await player.scrollIntoViewIfNeeded()
        await tab.locator('.recording .ap-overlay-start, .recording .ap-overlay').first().click()
        const shows = (text) => document.querySelector('.recording .ap-player').textContent.includes(text)
        await tab.waitForFunction(shows, 'pith> help', { timeout: 30000 })
        assert.deepEqual(wrong, [])
    })

    test('has a picture in its place without scripts', async (t) => {
        const { tab } = await opened(t, '/', { javaScriptEnabled: false })
        assert.ok(await tab.locator('.recording img').isVisible())
    })
})

test('on a phone the contents open', async (t) => {
    const { tab } = await opened(t, addressOf(chapters[0]), { viewport: { width: 360, height: 740 } })
    await tab.locator('.VPLocalNav .menu').click()
    await tab.locator(`.VPSidebar a[href="${addressOf(chapters.at(-1))}"]`).click()
    await tab.waitForURL(`**${addressOf(chapters.at(-1))}`)
})

test('a choice of light or dark is kept, also in the pages that show files', async (t) => {
    const { tab } = await opened(t, addressOf(chapters[0]))
    const isDark = () => tab.evaluate(() => document.documentElement.classList.contains('dark'))
    assert.equal(await isDark(), false)
    await tab.locator('.VPNavBarAppearance button').click()
    assert.equal(await isDark(), true)
    await tab.locator('figure.listing figcaption a').first().click()
    await tab.waitForURL('**/source/**')
    assert.equal(await isDark(), true)
})
