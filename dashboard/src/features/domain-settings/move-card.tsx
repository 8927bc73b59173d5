import { BaseDomainName, type BaseDomainCheck } from '@vastrox/shared/base-domain.ts'
import { useState } from 'react'
import { useCheckBaseDomain, useMoveBaseDomain } from '#features/domain-settings/queries.ts'
import { Finding, Records } from '#features/domains/domain-details.tsx'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

/** First a look at the name, then what the move means, then the move. */
export function MoveCard({ name: current }: { name: string }) {
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string>()
  const look = useCheckBaseDomain()
  const found = look.data

  const check = (): void => {
    const { data, error } = BaseDomainName.safeParse(typed)
    setProblem(data === undefined ? error.issues[0]?.message : sameAs(data, current))
    if (data !== undefined && data !== current) look.mutate(data)
  }

  return (
    <Card
      title={t('Move to a domain of your own')}
      lead={t(
        'Apps answer all the while, by their old names too for 30 days. A move can be undone.',
      )}
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          check()
        }}
      >
        <div className="flex flex-wrap items-start gap-3">
          <Field
            label={t('Domain')}
            className="min-w-60 flex-1"
            mono
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            placeholder="example.com"
            hint={t('Or one beneath a domain that is in use: apps.example.com.')}
            error={problem}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <Button type="submit" busy={look.isPending} className="mt-6.5">
            {found ? t('Look again') : t('Look at its DNS')}
          </Button>
        </div>
        {look.error && <ErrorNotice error={look.error} onRetry={check} />}
      </form>
      {found && !look.isPending && <Found key={found.name} found={found} />}
    </Card>
  )
}

const sameAs = (name: string, current: string): string | undefined =>
  name === current ? t('The platform is there already.') : undefined

function Found({ found }: { found: BaseDomainCheck }) {
  const move = useMoveBaseDomain()
  const [asking, setAsking] = useState(false)
  return (
    <div className="mt-5 space-y-5 border-t border-line pt-5">
      <Notice tone={found.leadsHere ? 'info' : 'warn'} title={found.summary} />
      {found.findings.length > 0 && (
        <ul className="space-y-2">
          {found.findings.map((finding) => (
            <Finding key={`${finding.code}${finding.message}`} finding={finding} />
          ))}
        </ul>
      )}
      {found.records.length > 0 && <Records records={found.records} />}
      <div>
        <h3 className="text-sm font-medium">{t('What the move means')}</h3>
        <ul className="mt-2 list-disc space-y-1.5 pl-5 text-muted">
          {found.consequences.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="primary" onClick={() => setAsking(true)}>
          {found.leadsHere
            ? t('Move to {name}', { name: found.name })
            : t('Move there all the same')}
        </Button>
        {!found.leadsHere && (
          <p className="min-w-60 flex-1 text-sm text-muted">
            {t(
              'Nobody is sent on to names that do not lead here; that begins by itself once they do.',
            )}
          </p>
        )}
      </div>
      <ConfirmDialog
        name={found.name}
        title={t('Move to {name}', { name: found.name })}
        lead={t(
          'Dashboard, API, Git, apps and certificates move there now. You sign in once more at the new address.',
        )}
        act={t('Move everything')}
        open={asking}
        error={move.error}
        busy={move.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          move.mutate(
            { name: found.name, anyway: !found.leadsHere },
            {
              onSuccess: ({ name }) => {
                setAsking(false)
                toast.good(
                  t('Everything is at {name} now.', { name }),
                  t('The old names answer for 30 days.'),
                )
              },
            },
          )
        }
      />
    </div>
  )
}
