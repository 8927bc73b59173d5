import { AppName } from '@vastrox/shared/app.ts'
import { SshKeyType } from '@vastrox/shared/ssh-key.ts'
import type { ComesAs, SignedIn, SshSignIns } from '#core/access/ssh-sign-ins.ts'
import type { AuthContext, PasswordAuthContext, PublicKeyAuthContext } from 'ssh2'

/** What a user of the protocol is for: no shell, no account of the machine is behind any of them. */
export type Role = ComesAs

interface Deps {
  signIns: SshSignIns
  address: string
  /** ssh2's own, which is loaded late. */
  verify: (ctx: PublicKeyAuthContext) => boolean
  onSignedIn: (signedIn: SignedIn, role: Role, blob: Buffer | undefined) => void
  /** Nothing more is listened to. */
  hangUp: () => void
  onError: (error: unknown) => void
}

/** RSA is signed by SHA-2, which ssh2 names apart; by SHA-1 it names nothing. */
const isModern = ({ key, hashAlgo }: PublicKeyAuthContext): boolean =>
  SshKeyType.safeParse(key.algo).success &&
  (key.algo !== 'ssh-rsa' || hashAlgo === 'sha256' || hashAlgo === 'sha512')
/** An agent offers all that it has, one after the other. */
const MAX_KEYS = 12
const MAX_PASSWORDS = 3

export function roleOf(userName: string): Role | undefined {
  if (userName === 'git') return { kind: 'git' }
  if (userName === 'vastrox') return { kind: 'console' }
  return AppName.safeParse(userName).success ? { kind: 'uploads', app: userName } : undefined
}

/** Answers one connection's tries to sign in; `failures` counts those that came to nothing. */
export function createAuthenticator(deps: Deps) {
  const { signIns, address } = deps
  let keys = 0
  let passwords = 0
  let kind: 'ssh' | 'sftp' = 'ssh'
  const offered = new Set<string>()

  function reject(ctx: AuthContext, role: Role | undefined): void {
    if (keys > MAX_KEYS || passwords >= MAX_PASSWORDS) return deps.hangUp()
    ctx.reject(role?.kind === 'uploads' ? ['publickey', 'password'] : ['publickey'])
  }

  function byKey(ctx: PublicKeyAuthContext, role: Role): void {
    const found = isModern(ctx) ? signIns.byKey(ctx.key.data, address, role) : undefined
    // It is asked first whether the key would do, then proved.
    if (found && !ctx.signature) return ctx.accept()
    if (found && deps.verify(ctx)) {
      // First: ssh2 says within `accept` that the client is ready.
      deps.onSignedIn(found, role, ctx.key.data)
      return ctx.accept()
    }
    const key = ctx.key.data.toString('base64')
    if (!offered.has(key) || found) keys += 1
    offered.add(key)
    reject(ctx, role)
  }

  async function byPassword(ctx: PasswordAuthContext, app: string, role: Role): Promise<void> {
    passwords += 1
    const found = await signIns.byPassword(app, ctx.password, address)
    if (!found) return reject(ctx, role)
    deps.onSignedIn(found, role, undefined)
    ctx.accept()
  }

  return {
    failures: (): number => keys + passwords,
    /** What was tried to get at. */
    kind: (): 'ssh' | 'sftp' => kind,

    answer(ctx: AuthContext): void {
      const role = roleOf(ctx.username)
      kind = role?.kind === 'uploads' ? 'sftp' : 'ssh'
      if (!role) {
        keys += 1
        return reject(ctx, role)
      }
      if (ctx.method === 'publickey') return byKey(ctx, role)
      if (ctx.method !== 'password' || role.kind !== 'uploads') return reject(ctx, role)
      byPassword(ctx, role.app, role).catch((error: unknown) => {
        deps.onError(error)
        deps.hangUp()
      })
    },
  }
}
