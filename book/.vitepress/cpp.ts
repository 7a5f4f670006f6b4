// How C++ is coloured: by what a token looks like, as a reader sees it. The grammar that the highlighter brings knows all
// of C++, takes most of the time in which the site is made, and loses its way in the newer parts of the language.
const KEYWORDS = `alignas alignof asm break case catch class co_await co_return co_yield concept const consteval
    constexpr constinit const_cast continue decltype default delete do dynamic_cast else enum explicit export extern final for friend goto
    if import inline module mutable namespace new noexcept operator override private protected public register
    reinterpret_cast requires return sizeof static static_assert static_cast struct switch template thread_local throw try
    typedef typeid typename union using virtual volatile while`.split(/\s+/).join('|')
const TYPES = `auto bool char char8_t char16_t char32_t double float int long short signed unsigned void wchar_t
    [a-z]\\w*_t [A-Z]\\w*[a-z]\\w*`.split(/\s+/).join('|')

const name = (scope: string, match: string) => ({ name: scope, match })

export default {
    name: 'cpp',
    scopeName: 'source.cpp',
    patterns: [
        name('comment.line', '//.*$'),
        { name: 'comment.block', begin: '/\\*', end: '\\*/' },
        { name: 'string.quoted', begin: 'R"(\\w*)\\(', end: '\\)\\1"' },
        name('string.quoted', '\\b(?:u8|[uUL])?"(?:[^"\\\\]|\\\\.)*"|"(?:[^"\\\\]|\\\\.)*"'),
        name('string.quoted', "(?<![0-9a-fA-F])'(?:[^'\\\\]|\\\\.)+'"),
        {
            match: '^\\s*(#\\s*include)\\s+(<[^>]*>|"[^"]*")',
            captures: { 1: { name: 'keyword.control' }, 2: { name: 'string.quoted' } },
        },
        name('keyword.control', '^\\s*#\\s*[a-z]+'),
        {
            begin: '\\[\\[',
            end: '\\]\\]',
            patterns: [name('string.quoted', '"[^"]*"'), name('entity.other.attribute-name', '\\w+')],
        },
        name('constant.numeric', "\\b(?:0[xX][0-9a-fA-F']+|0[bB][01']+|\\d[\\d']*(?:\\.\\d+)?)[uUlLzZ]*\\b"),
        name('constant.language', '\\b(?:true|false|nullptr|this)\\b'),
        name('keyword.control', `\\b(?:${KEYWORDS})\\b`),
        name('entity.name.type', `\\b(?:${TYPES})\\b`),
        name('entity.name.function', '\\b[A-Za-z_]\\w*(?=\\s*\\()'),
    ],
}
