import { describe, expect, it } from 'vitest'
import { besideMessage, readJsonLine } from './json-line.ts'

describe('a line that is JSON', () => {
  it('is told by its message, with its fields by their paths', () => {
    const line = readJsonLine('{"level":"error","msg":"no","user":{"id":7},"tags":["a"],"x":null}')
    expect(line).toEqual({
      message: 'no',
      fields: [
        ['level', 'error'],
        ['user.id', '7'],
        ['tags', '["a"]'],
        ['x', 'null'],
      ],
    })
    expect(line && besideMessage(line).map(([name]) => name)).toEqual(['user.id', 'tags', 'x'])
  })

  it('is no other line, however it begins', () => {
    expect(readJsonLine('GET / 200')).toBeUndefined()
    expect(readJsonLine('{ not json }')).toBeUndefined()
    expect(readJsonLine('["a"]')).toBeUndefined()
  })

  it('carries nothing that a terminal would obey', () => {
    expect(readJsonLine('{"msg":"a\\u001b]0;owned\\u0007b","c":"\\u202ed"}')).toEqual({
      message: 'ab',
      fields: [['c', 'd']],
    })
  })
})
