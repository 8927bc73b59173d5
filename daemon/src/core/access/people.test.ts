import { type Actor, mayDo } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { AppRole, Role } from '@vastrox/shared/permissions.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { describe, expect, it } from 'vitest'
import { createAccessHarness, CLIENT } from '#test/access-harness.ts'

const coded = (code: string) => expect.objectContaining({ code })
const GOOD = 'correct horse battery staple'

function setUp() {
  const harness = createAccessHarness()
  const { access, teamId } = harness
  const there = (actor: Actor | undefined): Actor => {
    if (!actor) throw new Error('they are not in the team')
    return actor
  }
  const as = (id: string, team = teamId) => there(access.actors.inTeam(id, team, '192.0.2.7'))
  const add = (name: string, role: Role, team = teamId) =>
    as(harness.addUser(name, role, team).id, team)
  const invite = (actor: Actor, wish: { role: Role; grants?: Record<string, AppRole> }) =>
    access.invitations.create(actor, { note: '', grants: {}, ...wish })
  const secretOf = (url: string) => url.split('/').at(-1) ?? ''
  const tokenOf = (actor: Actor, wish: Partial<CreateToken> = {}) =>
    access.tokens.create(actor, CreateToken.parse({ name: 't', ...wish })).token
  const userId = (name: string) => harness.users.findByNameForPlatform(name)?.id ?? ''
  return { ...harness, ...access, as, add, invite, secretOf, tokenOf, userId }
}

describe('nobody gives more than they have', () => {
  it('by role, invitation or grant, to themselves or to others, in every combination', () => {
    const { people, invite, add, addApp, teamId, access, tokenOf } = setUp()
    addApp('blog')
    const limits = { ...add('limited-admin', 'admin') }
    const givers: [string, Actor][] = [
      ['guest', add('a-guest', 'guest')],
      ['viewer', add('a-viewer', 'viewer')],
      ['developer', add('a-developer', 'developer')],
      ['admin', add('an-admin', 'admin')],
      ['owner', add('an-owner', 'owner')],
      [
        'token',
        access.tokens.authenticate(
          tokenOf(limits, { permissions: ['user.manage', 'app.read', 'logs.read', 'key.manage'] }),
          '::1',
        ),
      ],
      ['app token', access.tokens.authenticate(tokenOf(limits, { apps: ['blog'] }), '::1')],
    ]
    /** What each may make of others: nothing without `user.manage`, never what is above them. */
    const most: Record<string, readonly Role[]> = {
      admin: ['admin', 'developer', 'viewer', 'guest'],
      owner: Role.options,
      token: ['guest'],
    }
    const wrong: string[] = []
    for (const [name, giver] of givers)
      for (const role of Role.options) {
        const target = add(`t-${name.replace(' ', '-')}-${role}`, 'guest')
        const should = most[name]?.includes(role) === true
        const tries = {
          role: () => people.change(giver, target.name, { role }),
          invitation: () => invite(giver, { role }),
        }
        for (const [how, go] of Object.entries(tries))
          if (succeeds(go) !== should) wrong.push(`${name} makes ${role} by ${how}`)
      }
    for (const [name, giver] of givers)
      for (const role of AppRole.options) {
        const target = add(`g-${name.replace(' ', '-')}-${role}`, 'guest')
        const should =
          name === 'admin' || name === 'owner' || (name === 'token' && role === 'viewer')
        if (
          succeeds(() => people.change(giver, target.name, { grants: { blog: role } })) !== should
        )
          wrong.push(`${name} grants ${role}`)
        if (succeeds(() => invite(giver, { role: 'guest', grants: { blog: role } })) !== should)
          wrong.push(`${name} invites with ${role}`)
      }

    expect(wrong).toEqual([])
    expect(teamId).toBe(limits.teamId)
  })

  it('and nobody decides about somebody who has more', () => {
    const { people, add, access, addApp } = setUp()
    addApp('blog')
    const admin = add('ben', 'admin')
    add('olga', 'owner')

    for (const act of [
      () => people.change(admin, 'olga', { role: 'viewer' }),
      () => people.change(admin, 'olga', { disabled: true }),
      () => people.change(admin, 'olga', { grants: { blog: 'viewer' } }),
      () => people.remove(admin, 'olga'),
      () => people.endSessions(admin, 'olga'),
      () => people.listSessions(admin, 'olga'),
      () => access.createSignInLink('olga', admin),
      () => access.createSignInLink('admin', admin),
      () => people.reset(admin, 'olga'),
      () => people.change(admin, 'ben', { role: 'owner' }),
    ])
      expect(act).toThrow(coded('PERMISSION_DENIED'))
  })

  it('and an invitation gives nothing that its maker has lost since', async () => {
    const { people, invite, invitations, add, secretOf, rootActor, users, userId } = setUp()
    const ben = add('ben', 'admin')
    const first = secretOf(invite(ben, { role: 'admin' }).url)
    const second = secretOf(invite(ben, { role: 'viewer' }).url)
    people.change(rootActor(), 'ben', { role: 'developer' })

    expect(() => invitations.look(first)).toThrow(coded('INVITATION_INVALID'))
    await expect(
      invitations.accept({ token: second, name: 'mallory', password: GOOD }, CLIENT),
    ).rejects.toEqual(coded('INVITATION_INVALID'))
    expect(users.findByNameForPlatform('mallory')).toBeUndefined()
    people.change(rootActor(), 'ben', { role: 'admin' })
    await invitations.accept({ token: second, name: 'vera', password: GOOD }, CLIENT)
    expect(userId('vera')).not.toBe('')
  })

  it('and a link to sign in as somebody is gone once they become more', () => {
    const { people, add, access, rootActor, signIn } = setUp()
    const ben = add('ben', 'admin')
    add('vera', 'viewer')
    const { token } = access.createSignInLink('vera', ben)

    people.change(rootActor(), 'vera', { role: 'owner' })

    expect(() => signIn.byLink(token, CLIENT)).toThrow(coded('SIGN_IN_LINK_INVALID'))
  })

  it('and is gone too once they are in another team besides', () => {
    const { add, addTeam, access, invite, invitations, rootActor, secretOf, signIn } = setUp()
    const theirs = addTeam('theirs')
    const omar = add('omar', 'owner', theirs)
    const vera = add('vera', 'viewer', theirs)
    const { token } = access.createSignInLink('vera', omar)

    invitations.joinAs(vera, secretOf(invite(rootActor(), { role: 'admin' }).url))

    expect(() => signIn.byLink(token, CLIENT)).toThrow(coded('SIGN_IN_LINK_INVALID'))
    expect(() => access.createSignInLink('vera', omar)).toThrow(coded('PERMISSION_DENIED'))
  })
})

function succeeds(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch (error) {
    if (error instanceof CodedError && error.code === 'PERMISSION_DENIED') return false
    throw error
  }
}

describe('the last owner of a team', () => {
  it('is neither demoted, nor disabled, nor removed', () => {
    const { people, rootActor, add, addTeam, userId, memberships, teamId } = setUp()
    const theirs = addTeam('theirs')
    const omar = add('omar', 'owner', theirs)
    memberships.insertForPlatform(omar.id, teamId, 'viewer', '2026-11-22T12:00:00.000Z')

    for (const act of [
      () => people.change(rootActor(), 'admin', { role: 'admin' }),
      () => people.change(rootActor(), 'admin', { disabled: true }),
      () => people.remove(rootActor(), 'admin'),
      () => people.change(omar, 'omar', { role: 'viewer' }),
      () => people.remove(omar, 'omar'),
      // From the operators' team, where he is none: the other team would be left without.
      () => people.change(rootActor(), 'omar', { disabled: true }),
    ])
      expect(act).toThrow(coded('LAST_OWNER'))
    expect(memberships.findForPlatform(userId('admin'), teamId)?.role).toBe('owner')
    // Another one who cannot sign in is none.
    add('olga', 'owner')
    people.change(rootActor(), 'olga', { disabled: true })
    expect(() => people.change(rootActor(), 'admin', { role: 'admin' })).toThrow(
      coded('LAST_OWNER'),
    )
    people.change(rootActor(), 'olga', { disabled: false })
    people.change(rootActor(), 'admin', { role: 'admin' })
    expect(memberships.findForPlatform(userId('admin'), teamId)?.role).toBe('admin')
  })
})

describe('somebody who is disabled', () => {
  it('is out of everything at once, and in again only by signing in', async () => {
    const { people, rootActor, add, sessions, tokens, tokenOf, users, userId, signIn } = setUp()
    const ben = add('ben', 'admin')
    const record = users.findByIdForPlatform(ben.id)
    if (!record) throw new Error('there is no ben')
    const session = sessions.start(record, 'link', CLIENT)
    const token = tokenOf(ben)
    const link = people.createSignInLink(rootActor(), 'ben')

    people.change(rootActor(), 'ben', { disabled: true })

    expect(sessions.authenticate(session.sessionId, '::1')).toBeUndefined()
    expect(() => sessions.refresh(session.refreshToken, CLIENT)).toThrow(coded('NOT_SIGNED_IN'))
    expect(() => tokens.authenticate(token, '::1')).toThrow(coded('TOKEN_INVALID'))
    expect(() => signIn.byLink(link.token, CLIENT)).toThrow(coded('SIGN_IN_LINK_INVALID'))
    expect(() => people.createSignInLink(rootActor(), 'ben')).toThrow(coded('USER_DISABLED'))
    expect(() => sessions.start(record, 'password', CLIENT)).toThrow(coded('USER_DISABLED'))
    expect(people.list(rootActor()).find(({ name }) => name === 'ben')?.disabledAt).not.toBeNull()
    people.change(rootActor(), 'ben', { disabled: false })
    expect(sessions.authenticate(session.sessionId, '::1')).toBeUndefined()
    expect(tokens.authenticate(token, '::1').userId).toBe(userId('ben'))
  })
})

describe('somebody who is taken out', () => {
  it('of their only team is no user any more; what is theirs alone goes', () => {
    const { people, rootActor, add, tokens, tokenOf, users } = setUp()
    const token = tokenOf(add('ben', 'admin'))

    people.remove(rootActor(), 'ben')

    expect(users.findByNameForPlatform('ben')).toBeUndefined()
    expect(() => tokens.authenticate(token, '::1')).toThrow(coded('TOKEN_INVALID'))
    expect(() => people.remove(rootActor(), 'ben')).toThrow(coded('USER_NOT_FOUND'))
  })

  it('leaves no invitation behind, whoever stands at the console', () => {
    const { people, add, addTeam, as, invite, invitations, memberships, rootActor, secretOf } =
      setUp()
    const theirs = addTeam('theirs')
    const omar = add('omar', 'owner', theirs)
    const first = rootActor().userId ?? ''
    memberships.insertForPlatform(first, theirs, 'owner', '2026-11-22T12:00:00.000Z')
    const token = secretOf(invite(as(first, theirs), { role: 'owner' }).url)
    expect(invitations.look(token).role).toBe('owner')

    people.remove(omar, 'admin')

    expect(() => invitations.look(token)).toThrow(coded('INVITATION_INVALID'))
  })

  it('of one of two goes on in the other, without its tokens', () => {
    const { people, rootActor, add, addTeam, memberships, sessions, users, ...rest } = setUp()
    const { tokens, tokenOf } = rest
    const theirs = addTeam('theirs')
    const ben = add('ben', 'developer')
    memberships.insertForPlatform(ben.id, theirs, 'viewer', '2026-11-22T13:00:00.000Z')
    const record = users.findByIdForPlatform(ben.id)
    if (!record) throw new Error('there is no ben')
    const { sessionId } = sessions.start(record, 'link', CLIENT)
    tokenOf(ben, { permissions: ['app.read'] })

    people.remove(rootActor(), 'ben')

    const actor = sessions.authenticate(sessionId, '::1')
    expect(actor?.teamId).toBe(theirs)
    expect(actor?.permissions.has('app.create')).toBe(false)
    expect(tokens.list(rootActor())).toEqual([])
  })
})

describe('an invitation', () => {
  it('makes a user with what is in it, once', async () => {
    const { invite, invitations, rootActor, secretOf, addApp, as, userId, everythingAtRest } =
      setUp()
    const blog = addApp('blog')
    const shop = addApp('shop')
    const { url, ...shown } = invite(rootActor(), { role: 'guest', grants: { blog: 'developer' } })
    const token = secretOf(url)

    expect(url).toBe(`https://example.com:8443/invitation/${token}`)
    expect(shown).toMatchObject({ role: 'guest', grants: { blog: 'developer' } })
    expect(everythingAtRest()).not.toContain(token)
    expect(JSON.stringify(invitations.list(rootActor()))).not.toContain(token)
    expect(invitations.look(token)).toMatchObject({
      team: 'default',
      role: 'guest',
      apps: ['blog'],
    })

    await expect(
      invitations.accept({ token, name: 'admin', password: GOOD }, CLIENT),
    ).rejects.toEqual(coded('USER_NAME_TAKEN'))
    await expect(
      invitations.accept({ token, name: 'vera', password: 'password1234' }, CLIENT),
    ).rejects.toEqual(coded('PASSWORD_TOO_WEAK'))
    const started = await invitations.accept({ token, name: 'vera', password: GOOD }, CLIENT)
    expect(started.sessionId).not.toBe('')
    await expect(
      invitations.accept({ token, name: 'other', password: GOOD }, CLIENT),
    ).rejects.toEqual(coded('INVITATION_INVALID'))

    const vera = as(userId('vera'))
    expect(mayDo(vera, 'app.deploy', blog)).toBe(true)
    expect(mayDo(vera, 'app.read', shop)).toBe(false)
    expect(invitations.list(rootActor())).toEqual([])
  })

  it('is good for one of two who accept it at the same moment', async () => {
    const { invite, invitations, rootActor, secretOf, people } = setUp()
    const token = secretOf(invite(rootActor(), { role: 'viewer' }).url)

    const both = await Promise.allSettled(
      ['vera', 'vito'].map((name) => invitations.accept({ token, name, password: GOOD }, CLIENT)),
    )

    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(people.list(rootActor())).toHaveLength(2)
  })

  it('ends after seven days, and when it is revoked', async () => {
    const { invite, invitations, rootActor, secretOf, pass, add, addTeam } = setUp()
    const old = secretOf(invite(rootActor(), { role: 'viewer' }).url)
    pass(7 * 86_400_000)
    const made = invite(rootActor(), { role: 'viewer' })
    const stranger = add('stranger', 'owner', addTeam('theirs'))

    expect(() => invitations.look(old)).toThrow(coded('INVITATION_INVALID'))
    expect(() => invitations.revoke(stranger, made.id)).toThrow(coded('INVITATION_NOT_FOUND'))
    expect(invitations.list(stranger)).toEqual([])
    invitations.revoke(rootActor(), made.id)
    await expect(
      invitations.accept({ token: secretOf(made.url), name: 'vera', password: GOOD }, CLIENT),
    ).rejects.toEqual(coded('INVITATION_INVALID'))
  })

  it('takes somebody who is there already into the team besides', () => {
    const { invite, invitations, secretOf, add, addTeam, teams } = setUp()
    const theirs = addTeam('theirs')
    const owner = add('omar', 'owner', theirs)
    const ben = add('ben', 'viewer')
    const token = secretOf(invite(owner, { role: 'developer' }).url)

    expect(invitations.joinAs(ben, token)).toEqual({ teamId: theirs })

    expect(teams.list(ben).map(({ name, role, current }) => [name, role, current])).toEqual([
      ['default', 'viewer', true],
      ['theirs', 'developer', false],
    ])
    const again = secretOf(invite(owner, { role: 'viewer' }).url)
    expect(() => invitations.joinAs(ben, again)).toThrow(coded('MEMBER_ALREADY'))
    // It was not used up by that.
    expect(invitations.look(again).role).toBe('viewer')
  })
})

describe('another team', () => {
  it('is not reached by its owner’s name, and nothing of the platform by theirs', () => {
    const { people, teams, add, addTeam, rootActor, access } = setUp()
    const omar = add('omar', 'owner', addTeam('theirs'))
    add('ben', 'viewer')

    for (const act of [
      () => people.change(omar, 'ben', { role: 'guest' }),
      () => people.remove(omar, 'ben'),
      () => people.listSessions(omar, 'ben'),
      () => people.endSessions(omar, 'ben'),
      () => access.createSignInLink('ben', omar),
    ])
      expect(act).toThrow(coded('USER_NOT_FOUND'))
    expect(people.list(omar).map(({ name }) => name)).toEqual(['omar'])
    expect(() => teams.create(omar, 'more')).toThrow(coded('PERMISSION_DENIED'))
    expect(() => teams.rename(omar, 'default', 'mine')).toThrow(coded('TEAM_NOT_FOUND'))
    expect(omar.permissions.has('node.change')).toBe(false)
    expect(omar.permissions.has('firewall.read')).toBe(false)
    expect(rootActor().permissions.has('node.change')).toBe(true)
  })

  it('lets its admin keep nobody out of the operators, nor come in as one', () => {
    const { people, add, addTeam, memberships, access, rootActor } = setUp()
    const theirs = addTeam('theirs')
    const omar = add('omar', 'owner', theirs)
    const ben = add('ben', 'admin')
    memberships.insertForPlatform(ben.id, theirs, 'viewer', '2026-11-22T13:00:00.000Z')

    for (const act of [
      () => people.change(omar, 'ben', { disabled: true }),
      () => people.listSessions(omar, 'ben'),
      () => people.endSessions(omar, 'ben'),
      () => access.createSignInLink('ben', omar),
    ])
      expect(act).toThrow(coded('PERMISSION_DENIED'))
    people.change(omar, 'ben', { role: 'guest' })
    people.remove(omar, 'ben')
    expect(people.list(rootActor()).map(({ name }) => name)).toContain('ben')
  })
})

describe('teams', () => {
  it('are made by operators, renamed by their owner, and removed once empty', () => {
    const { teams, rootActor, as, userId, addApp, db, add } = setUp()
    const team = teams.create(rootActor(), 'shop team')
    expect(() => teams.create(rootActor(), 'shop team')).toThrow(coded('TEAM_NAME_TAKEN'))
    const owner = as(userId('admin'), team.id)
    teams.rename(owner, 'shop team', 'shops')
    addApp('shop', team.id)

    expect(() => teams.remove(owner, 'shops')).toThrow(coded('TEAM_NOT_EMPTY'))
    db.exec(`DELETE FROM apps WHERE team_id = '${team.id}'`)
    add('vera', 'viewer', team.id)
    expect(() => teams.remove(owner, 'shops')).toThrow(coded('TEAM_NOT_EMPTY'))
    db.exec(`DELETE FROM users WHERE name = 'vera'`)
    teams.remove(owner, 'shops')
    expect(teams.list(rootActor()).map(({ name }) => name)).toEqual(['default'])
    expect(() => teams.remove(as(userId('admin')), 'default')).toThrow(coded('TEAM_NOT_EMPTY'))
  })
})

describe('root on the server', () => {
  it('lets somebody in who has lost every way, and nobody in by what they had', async () => {
    const { people, rootActor, invite, invitations, secretOf, users, sessions, signIn, audited } =
      setUp()
    const token = secretOf(invite(rootActor(), { role: 'admin' }).url)
    const started = await invitations.accept({ token, name: 'vera', password: GOOD }, CLIENT)

    const link = people.reset(rootActor(), 'vera')

    expect(sessions.authenticate(started.sessionId, '::1')).toBeUndefined()
    expect(users.findByNameForPlatform('vera')?.passwordHash).toBeNull()
    await expect(signIn.byPassword('vera', GOOD, CLIENT)).rejects.toEqual(coded('SIGN_IN_FAILED'))
    expect(signIn.byLink(link.token, CLIENT)).toHaveProperty('sessionId')
    expect(audited()).toContain('user.reset ok')
    expect(() => people.reset(rootActor(), 'nobody')).toThrow(coded('USER_NOT_FOUND'))
  })
})
