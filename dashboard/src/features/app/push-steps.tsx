import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { App } from '@vastrox/shared/app.ts'
import { Download, KeyRound } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { pushCommands, startCommands, trustCommand } from '#features/app/push-commands.ts'
import { caQuery } from '#features/app/ca-query.ts'
import { lastDeploymentsQuery } from '#features/deployments/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { useCreateToken } from '#features/tokens/queries.ts'
import { rich, t } from '#lib/words.ts'
import { Button, ExternalButton } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { StateDot } from '#ui/state.tsx'

const CA_FILE = '~/Downloads/vastrox-ca.pem'

/** The exact commands from a folder on the reader's machine to a live app. */
export function PushSteps({ app }: { app: App }) {
  const mayToken = useMay('token.manage')
  const { data: hasLocalCa, isPending } = useQuery(caQuery)
  const createToken = useCreateToken()
  const token = createToken.data?.token
  const branch = app.settings.deployBranch ?? 'main'

  const newToken = () =>
    createToken.mutate({
      name: t('push {name}', { name: app.name }),
      kind: 'deploy',
      apps: [app.name],
      expiresInDays: 365,
    })

  const said = {
    title: t('Push your code to {name}', { name: app.name }),
    lead: t('On your machine, in the folder of your app.'),
  }
  // A step that came later would push the others down while they are read.
  if (isPending)
    return (
      <Card {...said}>
        <Skeleton className="h-96" />
      </Card>
    )
  return (
    <Card {...said}>
      <ol className="space-y-7">
        {hasLocalCa === true && (
          <Step
            title={t('Trust this server, once per machine')}
            lead={t('Its certificate is signed by its own CA. This lets git check it.')}
          >
            <div className="mb-3">
              <ExternalButton
                href="/api/v1/ca.pem"
                download="vastrox-ca.pem"
                size="sm"
                icon={<Download size={14} aria-hidden />}
              >
                {t('Download the CA file')}
              </ExternalButton>
            </div>
            <CopyBlock label={t('trust command')} text={trustCommand(app.gitUrl, CA_FILE)} />
          </Step>
        )}
        <Step
          title={t('Get a deploy token')}
          lead={t('It is the password of the remote: it can push to this app, and nothing else.')}
        >
          {token === undefined ? (
            <Button
              size="sm"
              disabled={!mayToken}
              busy={createToken.isPending}
              onClick={newToken}
              icon={<KeyRound size={14} aria-hidden />}
            >
              {createToken.isPending ? t('Creating …') : t('Create a deploy token')}
            </Button>
          ) : (
            <p className="text-good">
              {rich(
                t(
                  'Created, and part of the commands below. It is shown only now; you can revoke it under <link>Tokens</link>.',
                ),
                { link: <Link to="/tokens" className="underline" /> },
              )}
            </p>
          )}
          {createToken.error && <ErrorNotice error={createToken.error} />}
        </Step>
        <Step
          title={t('Push')}
          lead={
            token === undefined
              ? t('Without a token in the address git asks: any user name, the token as password.')
              : t('The address holds your token: do not share it.')
          }
        >
          <CopyBlock
            label={t('push commands')}
            text={pushCommands({ gitUrl: app.gitUrl, token, branch })}
          />
          <details className="mt-3 text-sm text-muted">
            <summary className="w-fit hover:text-ink">
              {t('The folder is not a Git repository yet')}
            </summary>
            <CopyBlock label={t('start commands')} text={startCommands(branch)} className="mt-2" />
          </details>
          <details className="mt-3 text-sm text-muted">
            <summary className="w-fit hover:text-ink">
              {t('With an SSH key, in place of the token')}
            </summary>
            <p className="mt-2">
              {rich(
                t(
                  'Add its public half under <link>Account</link>, where you also see how this server is recognised.',
                ),
                { link: <Link to="/account" className="underline" /> },
              )}
            </p>
            <CopyBlock
              label={t('push commands over SSH')}
              text={pushCommands({ gitUrl: app.gitSshUrl, token: undefined, branch })}
              className="mt-2"
            />
          </details>
        </Step>
      </ol>
      <Arrival app={app.name} />
    </Card>
  )
}

function Step({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <li className="min-w-0 border-l-2 border-line pl-4 sm:pl-5">
      <h3 className="font-semibold">{title}</h3>
      <p className="mb-3 text-muted">{lead}</p>
      {children}
    </li>
  )
}

/** Waits along with the reader, and shows the way once the push is here. */
function Arrival({ app }: { app: string }) {
  const { data } = useQuery(lastDeploymentsQuery(app))
  const [last] = data?.items ?? []
  const newest = last?.number ?? 0
  const [before, setBefore] = useState<number>()
  if (data && before === undefined) setBefore(newest)
  const isHere = last !== undefined && before !== undefined && newest > before

  return (
    <output className="mt-7 flex items-center gap-3 rounded-md border border-line bg-sunken px-4 py-3 text-muted">
      <StateDot tone={isHere ? 'good' : 'busy'} />
      {isHere ? (
        <Link
          to="/apps/$name/deployments/$number"
          params={{ name: app, number: String(last.number) }}
          className="text-ink underline"
        >
          {t('Deployment #{number} is here: watch it', { number: last.number })}
        </Link>
      ) : (
        t('Waiting for your push. This page notices it by itself.')
      )}
    </output>
  )
}
