// How our assembly files are coloured: clang's assembler after the C preprocessor, Intel syntax, comments as in C++.
// (The assembly that the highlighter brings knows other comments.)
export default {
    name: 'assembly',
    scopeName: 'source.assembly',
    patterns: [
        { name: 'comment.line', match: '//.*$' },
        { name: 'comment.block', begin: '/\\*', end: '\\*/' },
        { name: 'string.quoted', match: '"[^"]*"' },
        { name: 'keyword.control', match: '^\\s*#\\s*[a-z]+' },
        { name: 'entity.name.function', match: '^\\s*[A-Za-z_][\\w.]*:|^\\s*\\d+:' },
        { name: 'keyword.other', match: '(?<![\\w.])\\.[a-z]\\w*' },
        { name: 'constant.numeric', match: '\\b(0x[0-9a-fA-F]+|\\d+)\\b' },
        {
            name: 'variable.language',
            match: '\\b([re]?[abcd]x|[abcd][lh]|[re]?([sd]i|[sb]p|ip)|r\\d+d?|cr\\d|[cdefgs]s)\\b',
        },
    ],
}
