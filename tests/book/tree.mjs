// What a listing has to show: a file of the tree or a region of it, without the lines that mark regions.
//
// This is written apart from what the site uses (book/.vitepress/tree.ts), and simpler: empty lines are not compared.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './site.mjs'

const MARKER = /^\s*(?:\/\/|\/\*|#) ?#?(region|endregion) ([\w-]+)/

export function expectedLines(path, region) {
    const lines = readFileSync(join(root, path), 'utf8').split('\n')
    return compared(lines.filter((line, index) => !MARKER.test(line) && (!region || isIn(region, lines, index))))
}

function isIn(region, lines, index) {
    const marks = lines.slice(0, index).map((line) => MARKER.exec(line)).filter((mark) => mark?.[2] === region)
    return marks.at(-1)?.[1] === 'region'
}

// Lines that can be compared: without the indentation that all of them have, and without empty ones.
export function compared(lines) {
    const full = lines.map((line) => line.trimEnd()).filter(Boolean)
    const indents = full.map((line) => line.length - line.trimStart().length)
    const least = Math.min(...indents)
    return full.map((line) => line.slice(least))
}
