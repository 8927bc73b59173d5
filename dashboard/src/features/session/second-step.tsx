import { ProofWay } from '@vastrox/shared/proof-way.ts'
import type { SecondProof } from '@vastrox/shared/sign-in.ts'
import { useState } from 'react'
import { z } from 'zod'
import { CodeField } from '#features/session/code-field.tsx'
import { useSecondStep } from '#features/session/sign-in-queries.ts'
import { ApiError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

const Details = z.object({ ticket: z.string(), ways: z.array(ProofWay) })
/** What the first step has given for the second. */
export type SecondStepDetails = z.infer<typeof Details>

/** Where a sign-in goes on to a second factor; undefined where it has failed otherwise. */
export function secondStepOf(error: unknown): SecondStepDetails | undefined {
  if (!(error instanceof ApiError) || error.code !== 'SECOND_STEP_NEEDED') return undefined
  return Details.safeParse(error.details).data
}

interface Props {
  step: SecondStepDetails
  onSignedIn: () => void
  onBack: () => void
}

/** A code of the app or, for the day on which the phone is gone, a recovery code. */
export function SecondStepForm({ step, onSignedIn, onBack }: Props) {
  const { ticket, ways } = step
  const [way, setWay] = useState<ProofWay | undefined>(ways[0])
  const [code, setCode] = useState('')
  const go = useSecondStep()
  const show = (proof: SecondProof | 'passkey') =>
    go.mutate({ ticket, proof }, { onSuccess: onSignedIn })
  const hasEnded = go.error instanceof ApiError && go.error.code === 'SECOND_STEP_ENDED'
  const byRecoveryCode = way === 'recovery-code'
  const label = way === 'passkey' ? t('Use your passkey') : t('Sign in')

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (way === 'passkey') return show('passkey')
        return show(byRecoveryCode ? { by: 'recovery-code', code } : { by: 'code', code })
      }}
    >
      {go.error && <ErrorNotice error={go.error} />}
      {byRecoveryCode && (
        <Field
          label={t('Recovery code')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the page is this field
          autoFocus
          mono
          maxLength={40}
          hint={t('One of the ten that you have put away; each counts once.')}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      )}
      {way === 'code' && <CodeField value={code} onChange={setCode} />}
      {way === 'passkey' && (
        <p className="text-muted">
          {t('Your browser asks for your fingerprint, your face or a PIN.')}
        </p>
      )}
      <Button type="submit" variant="primary" busy={go.isPending} className="w-full">
        {go.isPending ? t('Signing in …') : label}
      </Button>
      <OtherWays
        way={way}
        ways={ways}
        onChoose={(next) => {
          setWay(next)
          setCode('')
        }}
      />
      {hasEnded && (
        <Button className="w-full" onClick={onBack}>
          {t('Begin again')}
        </Button>
      )}
    </form>
  )
}

interface OtherWaysProps {
  way: ProofWay | undefined
  ways: readonly ProofWay[]
  onChoose: (way: ProofWay) => void
}

const SAY: Partial<Record<ProofWay, string>> = {
  passkey: t('Use a passkey'),
  code: t('Use a code of the app'),
  'recovery-code': t('Use a recovery code'),
}

function OtherWays({ way, ways, onChoose }: OtherWaysProps) {
  return ways
    .filter((each) => each !== way && SAY[each] !== undefined)
    .map((each) => (
      <Button key={each} variant="quiet" className="w-full" onClick={() => onChoose(each)}>
        {SAY[each]}
      </Button>
    ))
}
