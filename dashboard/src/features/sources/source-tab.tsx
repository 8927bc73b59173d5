import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { FolderSync, GitBranch } from 'lucide-react'
import { useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { useMay } from '#features/session/queries.ts'
import { ConnectGitDialog } from '#features/sources/connect-git-dialog.tsx'
import { ConnectRemoteDialog } from '#features/sources/connect-remote-dialog.tsx'
import { DeliveriesCard } from '#features/sources/deliveries-card.tsx'
import { GitCard } from '#features/sources/git-card.tsx'
import { PickRepositoryDialog } from '#features/sources/pick-repository-dialog.tsx'
import { gitSourceQuery, remoteSourceQuery } from '#features/sources/queries.ts'
import { RemoteCard } from '#features/sources/remote-card.tsx'
import { SecretOnce } from '#features/sources/secret-once.tsx'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'

const route = getRouteApi('/shell/apps/$name/source')

type Asked = 'git' | 'pick' | 'remote'

export const load: Load = ({ read, params: { name } }) =>
  Promise.all([read(gitSourceQuery(name)), read(remoteSourceQuery(name))])

/** Where the code of an app comes from, besides what is pushed and uploaded. */
export function SourceTab() {
  const name = useAppName()
  const { data: git } = useSuspenseQuery(gitSourceQuery(name))
  const { data: remote } = useSuspenseQuery(remoteSourceQuery(name))
  const mayChange = useMay('app.change')
  const { connect } = route.useSearch()
  const [asked, setAsked] = useState<Asked | undefined>(
    connect === 'pick' && !git.source && mayChange ? connect : undefined,
  )
  const [secret, setSecret] = useState<string | null>(null)
  useTitle(t('Source · {name}', { name }))
  const close = () => setAsked(undefined)
  const connected = (webhookSecret: string | null) => {
    setSecret(webhookSecret)
    close()
  }

  return (
    <div className="space-y-6">
      {git.source && secret !== null && (
        <SecretOnce url={git.source.webhookUrl} secret={secret} onDone={() => setSecret(null)} />
      )}
      {git.source && (
        <GitCard
          app={name}
          source={git.source}
          onEdit={() => setAsked('git')}
          onSecret={setSecret}
        />
      )}
      {git.source && <DeliveriesCard app={name} />}
      {remote.source && (
        <RemoteCard app={name} remote={remote.source} onEdit={() => setAsked('remote')} />
      )}
      {(!git.source || !remote.source) && (
        <Card title={git.source || remote.source ? t('Another source') : t('Source')} flush>
          <EmptyState
            icon={
              git.source ? (
                <FolderSync size={20} aria-hidden />
              ) : (
                <GitBranch size={20} aria-hidden />
              )
            }
            title={
              git.source
                ? t('No folder on another server')
                : t('The code comes with a push or an upload')
            }
            actions={
              mayChange && (
                <>
                  {!git.source && (
                    <>
                      <Button variant="primary" onClick={() => setAsked('pick')}>
                        {t('Pick a repository')}
                      </Button>
                      <Button onClick={() => setAsked('git')}>{t('Give its address')}</Button>
                    </>
                  )}
                  {!remote.source && (
                    <Button onClick={() => setAsked('remote')}>{t('Folder by SFTP')}</Button>
                  )}
                  {!git.source && (
                    <ButtonLink variant="quiet" to="/apps/$name/push" params={{ name }}>
                      {t('How to push')}
                    </ButtonLink>
                  )}
                </>
              )
            }
          >
            {git.source
              ? t('A folder on a server of yours can be pulled by SFTP, too.')
              : t(
                  'Leave it on GitHub, GitLab or any Git host, and a push there deploys here; or pull a folder of another server.',
                )}
          </EmptyState>
        </Card>
      )}
      <ConnectGitDialog
        app={name}
        source={git.source}
        open={asked === 'git'}
        onClose={close}
        onConnected={connected}
      />
      <PickRepositoryDialog app={name} open={asked === 'pick'} onClose={close} />
      <ConnectRemoteDialog
        app={name}
        remote={remote.source}
        open={asked === 'remote'}
        onClose={close}
      />
    </div>
  )
}
