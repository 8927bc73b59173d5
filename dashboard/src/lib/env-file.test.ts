import { describe, expect, it } from 'vitest'
import { parseEnvFile } from './env-file.ts'

const valuesOf = (text: string): Record<string, string> =>
  Object.fromEntries(parseEnvFile(text).entries.map(({ key, value }) => [key, value]))

describe('the preview of a .env file', () => {
  it('reads the forms that people write', () => {
    expect(
      valuesOf(`# comment
PLAIN=value
export EXPORTED=yes
  SPACED = around # a comment
EMPTY=
HASH=a#b
URL=postgres://u:p@host/db?x=1
`),
    ).toEqual({
      PLAIN: 'value',
      EXPORTED: 'yes',
      SPACED: 'around',
      EMPTY: '',
      HASH: 'a#b',
      URL: 'postgres://u:p@host/db?x=1',
    })
  })

  it('interpolates nothing: a dollar stays a dollar', () => {
    expect(valuesOf('A=$HOME\nB="${C}"\nD=\'$E\'\nF=`date`')).toEqual({
      A: '$HOME',
      B: '${C}',
      D: '$E',
      F: 'date',
    })
  })

  it('keeps quoted values over several lines, and reads escapes in double quotes only', () => {
    expect(
      valuesOf('KEY="-----BEGIN-----\nabc\n-----END-----"\nE="a\\n\\"b\\""\nS=\'a\\n\'\nLAST=1'),
    ).toEqual({
      KEY: '-----BEGIN-----\nabc\n-----END-----',
      E: 'a\n"b"',
      S: 'a\\n',
      LAST: '1',
    })
  })

  it('takes files from Windows, with a byte order mark', () => {
    expect(valuesOf('\uFEFFA=1\r\nB=2\r\n')).toEqual({ A: '1', B: '2' })
  })

  it('keeps the last of two values for one name', () => {
    expect(valuesOf('A=1\nA=2')).toEqual({ A: '2' })
  })

  it('names the lines that it cannot read, and reads the others', () => {
    const { entries, problems } = parseEnvFile('A=1\nnonsense\n2BAD=x\nB="open\nC="x" y\nD=2')
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4])
    expect(entries.map(({ key }) => key)).not.toContain('2BAD')
    expect(valuesOf('A=1\nnonsense\nD=2')).toEqual({ A: '1', D: '2' })
  })

  it('says so when something stands behind a closing quote', () => {
    expect(parseEnvFile('A="x" y').problems).toEqual([
      { line: 1, message: 'There is something behind the closing quote.' },
    ])
    expect(valuesOf('A="x" # fine')).toEqual({ A: 'x' })
  })
})
