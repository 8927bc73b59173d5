import { describe, expect, it } from 'vitest'
import { parseEnvFile } from '#core/env/parse-env-file.ts'

const read = (text: string): Record<string, string> => parseEnvFile(text).variables

describe('a .env file', () => {
  it('is read with export, spaces, comments and empty lines', () => {
    expect(
      read(
        '\ufeff# settings\nA=1\n\nexport B=two\n  C = three four  # why\nD=a#b\nE=\nF= # nothing\r\nG=#no\n',
      ),
    ).toEqual({ A: '1', B: 'two', C: 'three four', D: 'a#b', E: '', F: '', G: '' })
  })

  it('keeps what single and back quotes hold as it is, over several lines', () => {
    expect(read(`A='it is "so" \\n $HOME'\nB=\`line 1\nline '2'\`\nC=''`)).toEqual({
      A: 'it is "so" \\n $HOME',
      B: "line 1\nline '2'",
      C: '',
    })
  })

  it('reads escapes and lines in double quotes', () => {
    expect(
      read('A="one\\ntwo\\t\\"three\\" \\\\ \\$x \\d" # end\nKEY="-----BEGIN\nabc=\n-----END"'),
    ).toEqual({
      A: 'one\ntwo\t"three" \\ $x \\d',
      KEY: '-----BEGIN\nabc=\n-----END',
    })
  })

  it('interpolates nothing', () => {
    expect(read('A=1\nB=$A\nC="${A}"\nD=$(id)\nE=`id`')).toEqual({
      A: '1',
      B: '$A',
      C: '${A}',
      D: '$(id)',
      E: 'id',
    })
  })

  it('reads JSON and addresses without quotes', () => {
    expect(read('J={"a": "b=c", "d": [1]}\nU=postgres://u:p%40@host:5432/db?x=1&y=2')).toEqual({
      J: '{"a": "b=c", "d": [1]}',
      U: 'postgres://u:p%40@host:5432/db?x=1&y=2',
    })
  })

  it('warns of duplicates, and takes the last', () => {
    expect(parseEnvFile('A=1\nB=2\nA=3')).toEqual({
      variables: { A: '3', B: '2' },
      warnings: ['A is there more than once; the last one counts.'],
    })
  })

  it.each([
    ['A=1\nJUST_A_NAME', 2, 'there is no = in it'],
    ['1A=2', 1, 'the name cannot be used'],
    ['A=1\nB="open\nC=3', 2, 'the quote behind B= is never closed'],
    ["A='x' y", 1, 'there is something behind the closing quote of A'],
  ])('is refused with the line and the reason: %j', (text, line, why) => {
    expect(() => parseEnvFile(text)).toThrow(
      expect.objectContaining({
        code: 'ENV_FILE_INVALID',
        details: { line, reason: `Line ${line} of the .env text: ${why}.` },
      }),
    )
  })

  it('cannot set what every object has', () => {
    expect(Object.keys(read('__proto__=x\nconstructor=y'))).toEqual(['__proto__', 'constructor'])
  })

  it('is read in time that grows with its length, whatever blanks and # are in it', () => {
    const [blanks, hashes] = [' '.repeat(500_000), '#'.repeat(500_000)]
    const startedAt = performance.now()

    expect(read(`A=b${blanks}c\nB=b${hashes}\nC=b${blanks}#c`)).toEqual({
      A: `b${blanks}c`,
      B: `b${hashes}`,
      C: 'b',
    })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('says of each name once that it is repeated, and of many only how many', () => {
    expect(parseEnvFile('A=\n'.repeat(10_000)).warnings).toHaveLength(1)
    const many = Array.from({ length: 500 }, (_, at) => `A${at}=1\nA${at}=2\n`).join('')
    expect(parseEnvFile(many).warnings.slice(99)).toEqual([
      'A99 is there more than once; the last one counts.',
      'So are 400 more.',
    ])
  })

  it('takes a # as the beginning of a comment only behind a blank or a tab', () => {
    expect(read('A=a#b #c #d\nB=a\t#b\nC=a##b\nD=#a #b\nE=a# b')).toEqual({
      A: 'a#b',
      B: 'a',
      C: 'a##b',
      D: '',
      E: 'a# b',
    })
  })
})
