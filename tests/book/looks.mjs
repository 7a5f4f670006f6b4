// What is looked at in a page, in the browser: each function runs there, and returns what it found.

export function headings() {
    return [...document.querySelectorAll('main h1, main h2, main h3, main h4, main h5, main h6')]
        .map((heading) => ({ level: Number(heading.tagName[1]), text: heading.textContent.trim() }))
}

export function listings() {
    return [...document.querySelectorAll('figure.listing')].map((listing) => ({
        file: listing.dataset.file, region: listing.dataset.region,
        caption: listing.querySelector('figcaption').textContent,
        lines: listing.querySelector('pre code').textContent.split('\n'),
    }))
}

export function emptyBlocks() {
    return [...document.querySelectorAll('.vp-doc pre.vp-code')].filter((block) => !block.textContent.trim()).length
}

// Images that did not load, figures without a size, and pictures that say nothing.
export function brokenPictures() {
    const images = [...document.querySelectorAll('main img')]
    const drawings = [...document.querySelectorAll('main figure svg')]
    return [
        ...images.filter((image) => image.checkVisibility() && !(image.complete && image.naturalWidth > 0))
            .map((image) => image.src),
        ...images.filter((image) => !image.alt).map((image) => `${image.src} without a text`),
        ...drawings.filter((drawing) => drawing.getBoundingClientRect().width < 50 || !drawing.getAttribute('aria-label'))
            .map((drawing) => drawing.closest('figure').dataset.figure),
    ]
}

// Where each link leads, and which places there are.
export function links() {
    return {
        to: [...document.querySelectorAll('a[href]')].map((link) => link.href),
        places: [...document.querySelectorAll('[id]')].map((element) => element.id),
    }
}

// Elements that stand out of the page at its right, where the page itself then scrolls; nothing if it does not.
export function standsOut() {
    const width = document.documentElement.clientWidth
    if (document.scrollingElement.scrollWidth <= width) return []
    return [...document.querySelectorAll('main *')].filter((element) => element.getBoundingClientRect().right > width + 1)
        .slice(0, 5).map((element) => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 60)}`)
        .concat(`the page is ${document.scrollingElement.scrollWidth} wide`)
}

// On paper: what is for the screen only, and code that would be cut off.
export function wrongOnPaper() {
    const forScreens = '.VPNav, .VPLocalNav, .VPSidebar, .VPDocAside, .VPDocFooter, button.copy'
    const shown = [...document.querySelectorAll(forScreens)].filter((element) => element.checkVisibility())
    const cut = [...document.querySelectorAll('.vp-doc pre')].filter((block) => block.scrollWidth > block.clientWidth + 1)
    const light = getComputedStyle(document.body).backgroundColor
    return [...shown.map((element) => `${element.className} is printed`),
        ...cut.map((block) => `cut off: ${block.textContent.slice(0, 60)}`),
        ...(light === 'rgb(255, 255, 255)' ? [] : [`the paper is ${light}`])]
}

// What axe finds against the page: by all its rules, or by those of these names.
export async function violations(rules) {
    // Code is coloured in a few colours, which are looked at by themselves: one by one they are tens of thousands.
    const where = { include: [['body']], exclude: [['pre.vp-code']] }
    const found = await window.axe.run(where, { resultTypes: ['violations'], ...(rules && { runOnly: rules }) })
    return found.violations.map(({ id, nodes }) =>
        `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary})`).join('; ')}`)
}

// The colours of code in use, on what they stand.
export function codeColours() {
    const colours = new Set()
    const colour = (element) => getComputedStyle(element).color
    const ground = (element) => getComputedStyle(element.closest('div[class*=language-]')).backgroundColor
    for (const token of document.querySelectorAll('pre.vp-code span[style]'))
        colours.add(`${colour(token)} on ${ground(token)}`)
    return [...colours]
}

export function isDark(wanted) {
    return document.documentElement.classList.contains('dark') === wanted
}

export function text() {
    const page = document.querySelector('.vp-doc').cloneNode(true)
    page.querySelectorAll('.recording .player, .copy').forEach((element) => element.remove())
    return page.textContent.replace(/\s+/g, ' ').trim()
}
