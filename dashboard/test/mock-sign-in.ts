import type { ErrorCode } from '@vastrox/shared/errors.ts'
import {
  ConfirmCode,
  FinishTrip,
  Proof,
  SecondStep,
  type SignInWays,
  SignInRules,
  type SignInProvider,
} from '@vastrox/shared/sign-in.ts'

interface Deps {
  fail: (code: ErrorCode, details?: object) => Error
  onSignedIn: () => void
}

const CODES = Array.from({ length: 10 }, (_, at) => `abcd-efgh-2345-67${10 + at}`)
export const SECOND_STEP = { ticket: 'a ticket', ways: ['code', 'recovery-code'] }

const PROVIDERS: SignInProvider[] = [
  {
    name: 'corp',
    title: 'Corp',
    preset: 'openid',
    issuer: 'https://id.example',
    clientId: 'vastrox',
    domains: ['corp.example'],
    role: 'developer',
    redirectUrl: 'https://203.0.113.7:8443/sign-in/callback/corp',
    createdAt: '2026-11-20T12:00:00.000Z',
  },
]

/** How people prove who they are: `123456` is every code that is right. */
export function mockSignIn({ fail, onSignedIn }: Deps) {
  let isProven = process.env['MOCK_PROOF'] === undefined
  const ways: SignInWays = {
    hasPassword: true,
    hasApp: false,
    recoveryCodesLeft: 0,
    passkeys: [],
    canAddPasskeys: true,
    identities: [],
    rules: { secondFactorRequired: false },
  }

  return {
    mustBeProven: (): void => {
      if (!isProven) throw fail('PROOF_REQUIRED', { ways: ['password', 'code'] })
    },

    handlers: {
      'GET /sign-in/offers': () => ({
        passkeys: true,
        providers: [{ name: 'corp', title: 'Corp', preset: 'openid' }],
      }),
      'POST /sign-in/second-step': ({ body }: { body: unknown }) => {
        const { proof } = SecondStep.parse(body)
        const isRight = proof.by === 'passkey' || ['123456', CODES[0]].includes(proof.code)
        if (!isRight) throw fail('SECOND_STEP_FAILED')
        onSignedIn()
      },
      'POST /session/proof': ({ body }: { body: unknown }) => {
        const proof = Proof.parse(body)
        const isWrong = proof.by === 'password' && proof.password === 'wrong'
        if (isWrong) throw fail('PROOF_WRONG')
        isProven = true
      },
      'POST /sign-in/provider': () => ({ url: 'https://id.example/authorize' }),
      'POST /sign-in/provider/finish': ({ body }: { body: unknown }) => {
        const { query } = FinishTrip.parse(body)
        if (!query.includes('code=good')) throw fail('SIGN_IN_TRIP_INVALID')
        onSignedIn()
        return { outcome: 'signed-in' }
      },
      'GET /sign-in-providers': () => ({
        providers: PROVIDERS,
        presets: [
          { name: 'openid', title: 'OpenID Connect', issuer: null },
          { name: 'google', title: 'Google', issuer: 'https://accounts.google.com' },
        ],
        redirectUrl: 'https://203.0.113.7:8443/sign-in/callback/NAME',
      }),
      'GET /sign-in-ways': () => ways,
      'POST /sign-in-ways/app': () => ({
        key: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
        uri: 'otpauth://totp/Vastrox%20203.0.113.7%3A8443:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Vastrox%20203.0.113.7%3A8443',
        ticket: 'a ticket',
      }),
      'PUT /sign-in-ways/app': ({ body }: { body: unknown }) => {
        if (ConfirmCode.parse(body).code !== '123456') throw fail('CODE_WRONG')
        ways.hasApp = true
        ways.recoveryCodesLeft = 10
        return { codes: CODES }
      },
      'DELETE /sign-in-ways/app': () => {
        ways.hasApp = false
      },
      'POST /sign-in-ways/recovery-codes': () => {
        ways.recoveryCodesLeft = 10
        return { codes: CODES }
      },
      'PUT /sign-in-rules': ({ body }: { body: unknown }) => {
        ways.rules = SignInRules.parse(body)
        return ways.rules
      },
    },
  }
}
