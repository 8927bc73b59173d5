import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '#test/staging-folder.ts'
import { finishSwap, swapContent } from './swap-content.ts'

function folders() {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, name)
  mkdirSync(at('tree'))
  mkdirSync(at('fresh'))
  const paths = { tree: at('tree'), aside: at('aside'), record: at('swap.json') }
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text)
  }
  const left = (): string[] => readdirSync(folder).toSorted()
  return { paths, at, put, left, text: (path: string) => readFileSync(at(path), 'utf8') }
}

describe('the content of a tree is swapped', () => {
  it('where a crash has left the content of the swap before aside', async () => {
    const { paths, at, put, left, text } = folders()
    put('tree/src/a', 'old')
    put('aside/src/z', 'older')
    put('fresh/src/a', 'new')
    await swapContent(paths, at('fresh'))
    expect(text('tree/src/a')).toBe('new')
    expect(left()).toEqual(['fresh', 'tree'])
  })

  it.each(['src/b', 'src'])('where a client has made %s in between', async (made) => {
    const { paths, at, put, left, text } = folders()
    put('aside/src/a', 'old')
    put(`tree/${made}`, 'of a client')
    put('fresh/src/a', 'new')
    writeFileSync(paths.record, JSON.stringify({ step: 'in', fresh: at('fresh') }))
    await finishSwap(paths)
    expect(text('tree/src/a')).toBe('new')
    expect(existsSync(at('tree/src/b'))).toBe(false)
    expect(left()).toEqual(['fresh', 'tree'])
  })

  it('after one that failed in its first step, of which nothing is lost', async () => {
    const { paths, at, put, text } = folders()
    put('aside/src/a', 'old')
    put('tree/other', 'old too')
    put('fresh/new', 'new')
    writeFileSync(paths.record, JSON.stringify({ step: 'out', fresh: at('gone') }))
    await finishSwap(paths)
    expect([text('tree/src/a'), text('tree/other')]).toEqual(['old', 'old too'])
    await swapContent(paths, at('fresh'))
    expect(readdirSync(paths.tree)).toEqual(['new'])
  })
})
