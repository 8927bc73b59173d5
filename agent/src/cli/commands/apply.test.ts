import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { valuesFor, withQuestion } from '#agent/cli/commands/apply.ts'

const DIGEST = 'ab'.repeat(32)
const PLAN = `  ~ shop / settings\n\n1 change to make. Nothing was changed: add --yes.\nPlan: ${DIGEST}\n`

describe('vastrox apply at a terminal', () => {
  let printed = ''
  const asked: (readonly string[])[] = []
  beforeEach(() => {
    printed = ''
    asked.length = 0
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text)
      return true
    })
  })
  afterEach(() => vi.restoreAllMocks())

  const run = async (args: readonly string[], print: (text: string) => void): Promise<number> => {
    asked.push(args)
    print(args.includes('--yes') ? 'Done: 1 change made.\n' : PLAN)
    return args.includes('--yes') ? 0 : 2
  }

  it('does what was looked at once somebody says yes, and nothing otherwise', async () => {
    expect(await withQuestion(run, ['--prune'], async () => 'y')).toBe(0)
    expect(asked).toEqual([['--prune'], ['--prune', '--yes', '--plan', DIGEST]])
    expect(printed).toBe('  ~ shop / settings\n\n1 change to make.\nDone: 1 change made.\n')

    asked.length = 0
    expect(await withQuestion(run, [], async () => '')).toBe(2)
    expect(asked).toEqual([[]])
  })

  it('asks nobody where it was said already, or nobody is there', async () => {
    const never = async () => Promise.reject(new Error('nobody is to be asked'))
    expect(await withQuestion(run, ['--dry-run'], never)).toBe(2)
    expect(await withQuestion(run, ['--yes'], never)).toBe(0)
    expect(await withQuestion(run, [], undefined)).toBe(2)
  })

  it('sends the values that the file names, and no others', () => {
    const text = 'a: ${ONE}\nb: $${TWO}\nc: ${{ shop-db.URL }} ${THREE} ${toString}\n'
    expect(valuesFor(text, { ONE: '1', TWO: '2', OTHER: 'x' })).toEqual({ ONE: '1' })
  })
})
