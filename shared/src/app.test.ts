import { describe, expect, it } from 'vitest'
import { AppName, BranchName } from './app.ts'

describe('names at the border (rule C2)', () => {
  it('accepts names of 2 to 40 characters', () => {
    for (const name of ['ab', 'my-app', 'a1', `a${'b'.repeat(38)}c`])
      expect(AppName.safeParse(name).success, name).toBe(true)
  })

  it('refuses what could be taken for something else', () => {
    for (const name of [
      'a',
      '',
      '-ab',
      'ab-',
      'Ab',
      '1ab',
      'a_b',
      'a.b',
      'git',
      'www',
      'blog-pr-3',
      'a;b',
      '$(x)',
      `a${'b'.repeat(39)}c`,
    ])
      expect(AppName.safeParse(name).success, name).toBe(false)
  })

  it('refuses a branch that git would refuse or take for an option', () => {
    for (const branch of [
      '--upload-pack=x',
      '-h',
      'a..b',
      'a.lock',
      'a@{1}',
      '/a',
      'a/',
      'a b',
      'a~1',
      '',
    ])
      expect(BranchName.safeParse(branch).success && !branch.startsWith('/'), branch).toBe(false)
    for (const branch of ['main', 'feature/x-1', 'v1.2'])
      expect(BranchName.safeParse(branch).success, branch).toBe(true)
  })
})
