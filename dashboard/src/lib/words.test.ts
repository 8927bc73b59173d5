import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import { rich, wordsIn } from '#lib/words.ts'

// A language with more forms than English, of which one is not translated yet.
const { text, number } = wordsIn('pl', {
  'Remove {name}?': 'Usunąć {name}?',
  '{count} files': { one: '{count} plik', few: '{count} pliki', other: '{count} pliku' },
})

it('says a text in the language, and in English what the language lacks', () => {
  expect(text('Remove {name}?', { name: 'shop' })).toBe('Usunąć shop?')
  expect(text('Publish')).toBe('Publish')
  expect(number(1, 'One day', '{count} days')).toBe('One day')
  expect(number(3, 'One day', '{count} days')).toBe('3 days')
})

it('takes the form that the number has in the language, else the one for the rest', () => {
  expect([1, 3, 5].map((count) => number(count, 'One file', '{count} files'))).toEqual([
    '1 plik',
    '3 pliki',
    '5 pliku',
  ])
})

it('fills in what is given and nothing else, whatever signs are in it', () => {
  expect(text('{a} and {b}', { a: '$& {b}' })).toBe('$& {b} and {b}')
  expect(text('{a}.', { a: null })).toBe('.')
})

it('dresses words with elements, and leaves them to be shown as text', () => {
  const said = rich('Read <link>how {code} works</link> in {place} <b>', {
    link: createElement('a', { href: '/docs' }),
    code: createElement('code', null, 'git'),
    place: '<i>docs</i>',
  })

  expect(renderToStaticMarkup(said)).toBe(
    'Read <a href="/docs">how <code>git</code> works</a> in &lt;i&gt;docs&lt;/i&gt; &lt;b&gt;',
  )
})
