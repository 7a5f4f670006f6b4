// How well a colour can be told from the one behind it, as WCAG reckons ("contrast ratio", "relative luminance").

// Of "rgb(…) on rgb(…)", as browsers write colours.
export function contrast(pair) {
    const [one, other] = pair.split(' on ').map(luminance).sort((a, b) => b - a)
    return (one + 0.05) / (other + 0.05)
}

function luminance(colour) {
    const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => linear(Number(part) / 255))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function linear(part) {
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}
