import { describe, expect, it } from 'vitest'
import { judgeRefs } from './receive-push-refs.ts'

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
const set = (ref: string, oldSha: string | undefined = A) => ({ ref, oldSha, newSha: B })
const drop = (ref: string) => ({ ref, oldSha: A, newSha: undefined })
const kinds = (refs: ReturnType<typeof set | typeof drop>[], branch: string | null = null) =>
  judgeRefs(refs, branch).map(({ kind }) => kind)

describe('the refs of a push', () => {
  it('deploys main or master, whichever is pushed, until another branch is chosen', () => {
    expect(kinds([set('refs/heads/main')])).toEqual(['deploy'])
    expect(kinds([set('refs/heads/master')])).toEqual(['deploy'])
    expect(kinds([set('refs/heads/main'), set('refs/heads/live')], 'live')).toEqual([
      'store-branch',
      'deploy',
    ])
  })

  it('deploys one branch of a push at most', () => {
    expect(kinds([set('refs/heads/master'), set('refs/heads/main')])).toEqual([
      'store-branch',
      'deploy',
    ])
  })

  it('stores other branches and tags, and lets them be deleted', () => {
    expect(
      kinds([set('refs/heads/feature/x-1'), set('refs/tags/v1.0'), drop('refs/heads/old')]),
    ).toEqual(['store-branch', 'store', 'store'])
  })

  it('never deletes the branch that is deployed', () => {
    expect(judgeRefs([drop('refs/heads/main')], null)).toMatchObject([
      { kind: 'refuse', reason: 'main is what is deployed and cannot be deleted' },
    ])
    expect(kinds([drop('refs/heads/main')], 'live')).toEqual(['store'])
  })

  it.each([
    'refs/heads/--upload-pack=x',
    'refs/heads/-x',
    'refs/tags/--exec=x',
    'refs/heads/a b',
    'refs/heads/$(id)',
    'refs/heads/a..b',
    'refs/heads/x\ny',
    'refs/heads/é',
    'refs/for/main',
    'refs/vastrox/deployments/x',
    'refs/headsmain',
    'HEAD',
  ])('refuses %j in words (rule C2)', (ref) => {
    const [judgement] = judgeRefs([set(ref)], null)

    expect(judgement).toMatchObject({
      kind: 'refuse',
      reason: expect.stringMatching(/^(a (branch|tag) name may hold|only branches and tags)/),
    })
  })
})
