import { describe, expect, it } from 'vitest'
import { languageOf } from './languages.ts'
import { differsInLineEnds, lineEndOf, linesBeside, withLineEnd } from './line-ends.ts'
import { textOf } from './text-file.ts'

describe('files in the editor', () => {
  it('are coloured by their name', () => {
    const names = {
      'index.html': 'HTML',
      'App.tsx': 'TypeScript',
      '.env.production': 'Settings',
      'wp-config.php': 'PHP',
      Dockerfile: 'Dockerfile',
      LICENSE: 'Plain text',
      'Cargo.lock': 'TOML',
    }
    for (const [name, label] of Object.entries(names)) expect(languageOf(name).label).toBe(label)
  })

  it('keep how their lines end', () => {
    expect([lineEndOf('a\r\nb\r\n'), lineEndOf('a\nb'), lineEndOf('')]).toEqual([
      '\r\n',
      '\n',
      '\n',
    ])
    expect([lineEndOf('a\r\nb\n'), lineEndOf('a\rb\r\n')]).toEqual(['\n', '\n'])
  })

  it('are compared line by line: how they end counts only where it is mixed', () => {
    expect(linesBeside('a\r\nb\r\n', 'a\nb\n')).toEqual(['a', 'b', ''])
    expect(linesBeside('a\nb\n', 'a\r\nb\r\n')).toEqual(['a', 'b', ''])
    expect(linesBeside('a\r\nb\nc', 'a\r\nb\nd')).toEqual(['a\r', 'b', 'c'])
    expect(differsInLineEnds('a\r\nb', 'a\nb')).toBe(true)
    expect([differsInLineEnds('a', 'a'), differsInLineEnds('a\nb', 'a\nc')]).toEqual([false, false])
  })

  it('give their line ends to what is pasted into them', () => {
    expect(withLineEnd('a\nb\r\nc\rd', '\r\n')).toBe('a\r\nb\r\nc\r\nd')
    expect(withLineEnd('#!/bin/sh\r\necho 1\r\n', '\n')).toBe('#!/bin/sh\necho 1\n')
  })

  it('are text, or are not opened', () => {
    const bytes = (...values: number[]) => new Uint8Array(values).buffer
    expect(textOf(new TextEncoder().encode('\u{FEFF}grüße').buffer)).toBe('\u{FEFF}grüße')
    expect(textOf(bytes())).toBe('')
    expect(textOf(bytes(0xff, 0xfe, 0x00))).toBeUndefined()
    expect(textOf(bytes(0x61, 0x00, 0x62))).toBeUndefined()
  })

  it.each(['index.php', 'a.js', 'a.yml', 'a.toml', 'Gemfile', 'a.md'])(
    'have a language that can be loaded: %s',
    async (name) => {
      expect(await languageOf(name).load?.()).toBeDefined()
    },
  )
})
