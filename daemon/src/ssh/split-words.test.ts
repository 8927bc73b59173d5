import { describe, expect, it } from 'vitest'
import { splitWords, WordsError } from '#ssh/split-words.ts'

describe('a command line over SSH', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['  apps \t --json\n', ['apps', '--json']],
    ["git-upload-pack '/my app.git'", ['git-upload-pack', '/my app.git']],
    [`env:set blog KEY="two words" B=''`, ['env:set', 'blog', 'KEY=two words', 'B=']],
    [String.raw`a\ b \"c\" \\`, ['a b', '"c"', '\\']],
    [String.raw`"a\"b\$c\d" 'e\f'`, [String.raw`a"b$c\d`, String.raw`e\f`]],
    [`it's one'`, ['its one']],
    [
      'run blog -- echo $HOME `id` $(id) *;rm|x>y&',
      ['run', 'blog', '--', 'echo', '$HOME', '`id`', '$(id)', '*;rm|x>y&'],
    ],
    ['one\\\ntwo "three\\\nfour"', ['onetwo', 'threefour']],
    ['ünï ✓', ['ünï', '✓']],
  ])('%j is words, and nothing in it is expanded or run', (line, words) => {
    expect(splitWords(line)).toEqual(words)
  })

  it.each(["it's", 'say "hi', 'end\\', 'nul\0', 'x '.repeat(2_001)])('%j is refused', (line) => {
    expect(() => splitWords(line)).toThrow(WordsError)
  })
})
