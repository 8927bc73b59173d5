import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ProofWay } from '@vastrox/shared/proof-way.ts'
import type { Proof } from '@vastrox/shared/sign-in.ts'
import { useState, useSyncExternalStore } from 'react'
import { CodeField } from '#features/session/code-field.tsx'
import { useMe, useSignOut } from '#features/session/queries.ts'
import { passkeyForProof } from '#features/session/sign-in-queries.ts'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'
import { onProofQuestion, type ProofQuestion, proofQuestion } from '#lib/proof-question.ts'
import { rich, t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

/** Asks who sits there when a request needs it; the request then goes on by itself. */
export function ProofDialog() {
  const question = useSyncExternalStore(onProofQuestion, proofQuestion)
  return (
    <Dialog
      open={question !== undefined}
      onClose={() => question?.answer(false)}
      title={t('Is it you?')}
      lead={t(
        'What you are about to do can do harm in the wrong hands. It counts for ten minutes.',
      )}
    >
      {question && <ProofForm question={question} />}
    </Dialog>
  )
}

function ProofForm({ question }: { question: ProofQuestion }) {
  const [first, ...others] = question.ways
  const [way, setWay] = useState<ProofWay | undefined>(first)
  const me = useMe()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const prove = useMutation({
    mutationFn: async (proof: Proof | 'passkey') =>
      api.post('/session/proof', ignored, proof === 'passkey' ? await passkeyForProof() : proof),
    onSuccess: () => question.answer(true),
  })
  if (way === undefined) return <NothingToShow question={question} />

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (way === 'passkey') prove.mutate('passkey')
        else prove.mutate(way === 'code' ? { by: 'code', code } : { by: 'password', password })
      }}
    >
      {prove.error && <ErrorNotice error={prove.error} />}
      {way === 'code' && <CodeField value={code} onChange={setCode} />}
      {way === 'passkey' && (
        <p className="text-muted">
          {t('Your browser asks for your fingerprint, your face or a PIN.')}
        </p>
      )}
      {way === 'password' && (
        <>
          {/* Tells a password manager whose password this is. */}
          <input
            type="text"
            name="username"
            autoComplete="username"
            value={me.name}
            readOnly
            hidden
          />
          <Field
            label={t('Your password')}
            type="password"
            autoComplete="current-password"
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog is this field
            autoFocus
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </>
      )}
      <DialogActions>
        {others.length > 0 && (
          <Button
            variant="quiet"
            onClick={() =>
              setWay(question.ways[(question.ways.indexOf(way) + 1) % question.ways.length])
            }
          >
            {t('Another way')}
          </Button>
        )}
        <Button onClick={() => question.answer(false)}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={prove.isPending}>
          {way === 'passkey' ? t('Use your passkey') : t('Go on')}
        </Button>
      </DialogActions>
    </form>
  )
}

/** Who came by a link or a provider, and has set up nothing yet. */
function NothingToShow({ question }: { question: ProofQuestion }) {
  const navigate = useNavigate()
  const signOut = useSignOut()
  return (
    <>
      <p className="text-muted">
        {rich(
          t(
            'You have set up nothing yet to show that it is you. Sign in again: that counts for ten minutes. Who came by a sign-in link can set a password within the hour, or make another link on the server: {code}.',
          ),
          { code: <code className="text-ink">vastrox sign-in-link</code> },
        )}
      </p>
      <DialogActions>
        <Button onClick={() => question.answer(false)}>{t('Cancel')}</Button>
        <Button
          onClick={() => {
            question.answer(false)
            void navigate({ to: '/account' })
          }}
        >
          {t('Set a password')}
        </Button>
        <Button
          variant="primary"
          busy={signOut.isPending}
          onClick={() => {
            const to = window.location.pathname
            question.answer(false)
            signOut.mutate(
              { to },
              {
                onError: toast.error,
              },
            )
          }}
        >
          {t('Sign in again')}
        </Button>
      </DialogActions>
    </>
  )
}
