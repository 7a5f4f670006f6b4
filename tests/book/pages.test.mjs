// Every page of the book in a browser: as it is, dark, on a phone, on paper, and without scripts.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as looks from './looks.mjs'
import { contrast } from './contrast.mjs'
import { axe, newTab, pages, served } from './site.mjs'
import { compared, expectedLines } from './tree.mjs'

const PHONE = { width: 360, height: 740 }
const DESK = { width: 1280, height: 900 }
const PAPER = { width: 700, height: 1000 }
const ENOUGH = 4.5   // the contrast that WCAG's level AA asks for

const here = served()

describe('a page', { concurrency: 2 }, () => {
    for (const page of pages)
        test(page, async (t) => {
            const { tab, wrong, open, close } = await newTab(here.browser, here.origin)
            t.after(close)
            await open(page)
            const withScripts = await tab.evaluate(looks.text)

            await t.test('has headings in order', async () => checkHeadings(await tab.evaluate(looks.headings)))
            await t.test('shows what stands in the tree', async () => checkListings(await tab.evaluate(looks.listings)))
            await t.test('has no empty block', async () => assert.equal(await tab.evaluate(looks.emptyBlocks), 0))
            await t.test('shows its pictures', async () => none(await tab.evaluate(looks.brokenPictures)))
            for (const [colorScheme, rules] of [['light', undefined], ['dark', ['color-contrast']]])   // only colours change
                await t.test(`can be read when it is ${colorScheme}`, async () => {
                    await tab.emulateMedia({ colorScheme })
                    await tab.waitForFunction(looks.isDark, colorScheme === 'dark')
                    await tab.evaluate(axe)
                    none(await tab.evaluate(looks.violations, rules))
                    none((await tab.evaluate(looks.codeColours)).filter((pair) => contrast(pair) < ENOUGH))
                })
            await t.test('can be printed', async () => {
                await tab.setViewportSize(PAPER)
                await tab.emulateMedia({ media: 'print' })
                none(await tab.evaluate(looks.wrongOnPaper))
                await tab.emulateMedia({ media: 'screen' })
            })
            await t.test('fits a phone', async () => {
                await tab.setViewportSize(PHONE)
                none(await tab.evaluate(looks.standsOut))
                await tab.setViewportSize(DESK)
            })
            await t.test('went without errors, and asked nobody else', () => none(wrong))
            await t.test('is whole without scripts', async () => checkWithoutScripts(page, withScripts))
        })
})

function none(found) {
    assert.deepEqual(found, [])
}

function checkHeadings(found) {
    assert.equal(found.filter(({ level }) => level === 1).length, 1, 'there has to be one title')
    assert.equal(found[0].level, 1, 'the title has to come first')
    for (const [index, { level, text }] of found.entries())
        if (index > 0) assert.ok(level <= found[index - 1].level + 1, `'${text}' is a level too deep`)
}

function checkListings(found) {
    for (const { file, region, caption, lines } of found) {
        const place = region ? `${file} (${region})` : file
        assert.ok(caption.startsWith(file), `${place} has the caption '${caption}'`)
        assert.deepEqual(compared(lines), expectedLines(file, region), place)
        assert.ok(lines.some((line) => line.trim()), `${place} is empty`)
        none(lines.filter((line) => /#(end)?region\b/.test(line)))
    }
}

async function checkWithoutScripts(page, withScripts) {
    const { tab, open, close } = await newTab(here.browser, here.origin, { javaScriptEnabled: false, viewport: PHONE })
    await open(page)
    const text = await tab.evaluate(looks.text)
    const same = [...text].findIndex((character, index) => character !== withScripts[index])
    const [without, having] = [text, withScripts].map((one) => one.slice(same, same + 80))
    assert.ok(text === withScripts, `'${without}' was '${having}' with scripts`)
    none(await tab.evaluate(looks.brokenPictures))
    none(await tab.evaluate(looks.standsOut))
    assert.ok(await tab.locator('.VPSidebar a').first().isVisible(), 'the contents have to be there')
    await close()
}
