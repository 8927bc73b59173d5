import { describe, expect, it } from 'vitest'
import { createGitAccountStore } from '#store/git-account-store.ts'
import { owner } from '#test/fakes/actors.ts'
import { createHarness } from '#test/harness.ts'

describe('accounts at Git hosts', () => {
  it('are out of reach of a token that is limited to some apps, whatever it may change there', async () => {
    const harness = createHarness()
    harness.addApp()
    const { accounts } = harness.sources
    const limited = owner({ kind: 'token', id: 'token1', appIds: new Set([harness.app().id]) })
    const unknown = expect.objectContaining({ code: 'GIT_ACCOUNT_NOT_FOUND' })
    createGitAccountStore(harness.db).saveForPlatform({
      id: 'account1',
      teamId: 'team1',
      hostKind: 'github',
      baseUrl: 'https://github.com',
      kind: 'token',
      name: 'anna',
      settings: {},
      sealedSecret: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      connectedAt: null,
      problem: null,
    })
    const wish = { account: 'account1', repository: 'anna/secret', branch: 'main' }

    expect(accounts.list(limited)).toEqual([])
    await expect(accounts.repositories(limited, 'account1', '')).rejects.toEqual(unknown)
    await expect(accounts.branches(limited, 'account1', 'anna/secret')).rejects.toEqual(unknown)
    await expect(accounts.connect(limited, 'hello', wish)).rejects.toEqual(unknown)
    // Whoever may change every app gets further: it was not connected.
    expect(accounts.list(owner())).toHaveLength(1)
    await expect(accounts.connect(owner(), 'hello', wish)).rejects.toMatchObject({
      code: 'GIT_ACCOUNT_NOT_CONNECTED',
    })
  })
})
