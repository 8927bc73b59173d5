import { type Actor, mayDo } from '@vastrox/shared/actor.ts'
import { CodedError, type ErrorCode } from '@vastrox/shared/errors.ts'
import type { AccessService } from '#core/access/access-service.ts'
import type { Abuse } from '#core/firewall/abuse.ts'

type Notes = Pick<Abuse, 'note' | 'notePresent'>

const WRONG_SIGN_IN: readonly ErrorCode[] = [
  'SIGN_IN_FAILED',
  'SIGN_IN_LINK_INVALID',
  'SECOND_STEP_FAILED',
  'PASSKEY_WRONG',
  'SIGN_IN_TRIP_INVALID',
  'RATE_LIMITED',
]
const WRONG_PASSWORD: readonly ErrorCode[] = ['PASSWORD_WRONG', 'PROOF_WRONG', 'RATE_LIMITED']

/** The same ways in, with each failure counted, and with operators known by where they come from. */
export function withAbuseNotes(access: AccessService, abuse: Notes): AccessService {
  const { signIn, sessions, proofs, identities } = access

  function seen(actor: Actor): Actor {
    if (actor.address !== null && mayDo(actor, 'firewall.change')) abuse.notePresent(actor.address)
    return actor
  }

  async function counting<Result>(
    address: string,
    codes: readonly ErrorCode[],
    work: () => Promise<Result> | Result,
  ): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (isOneOf(error, codes)) abuse.note(address, 'sign-in')
      throw error
    }
  }

  return {
    ...access,

    authenticateToken(secret, address) {
      try {
        return seen(access.authenticateToken(secret, address))
      } catch (error) {
        if (isGuess(error)) abuse.note(address, 'token')
        throw error
      }
    },

    sessions: {
      ...sessions,
      authenticate(id, address) {
        const actor = sessions.authenticate(id, address)
        return actor && seen(actor)
      },
    },

    signIn: {
      ...signIn,
      byPassword: (name, password, client) =>
        counting(client.address, WRONG_SIGN_IN, () => signIn.byPassword(name, password, client)),
      byLink(token, client) {
        try {
          return signIn.byLink(token, client)
        } catch (error) {
          if (isOneOf(error, WRONG_SIGN_IN)) abuse.note(client.address, 'sign-in')
          throw error
        }
      },
      byPasskey: (answer, client) =>
        counting(client.address, WRONG_SIGN_IN, () => signIn.byPasskey(answer, client)),
      bySecondStep: (step, client) =>
        counting(client.address, WRONG_SIGN_IN, () => signIn.bySecondStep(step, client)),
      setPassword: (actor, sessionId, wish, client) =>
        counting(client.address, WRONG_PASSWORD, () =>
          signIn.setPassword(actor, sessionId, wish, client),
        ),
    },

    identities: {
      ...identities,
      finish: (came, browserSecret, client) =>
        counting(client.address, WRONG_SIGN_IN, () =>
          identities.finish(came, browserSecret, client),
        ),
    },

    proofs: {
      ...proofs,
      prove: (actor, sessionId, proof, client) =>
        counting(client.address, WRONG_PASSWORD, () =>
          proofs.prove(actor, sessionId, proof, client),
        ),
    },
  }
}

/** Something that asks every minute with a token of last year, expired or revoked, would shut out the office it is in. */
const isGuess = (error: unknown): boolean =>
  error instanceof CodedError && error.code === 'TOKEN_INVALID' && error.details['wasMade'] !== true

const isOneOf = (error: unknown, codes: readonly ErrorCode[]): boolean =>
  error instanceof CodedError && codes.includes(error.code)
