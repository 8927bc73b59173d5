import type { App } from '@vastrox/shared/app.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import type { Process } from '@vastrox/shared/process.ts'
import { useAppVerb } from '#features/app/queries.ts'
import { sayTrouble } from '#features/app/say-trouble.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'

interface Props {
  app: App
  processes: readonly Process[]
  deployments: readonly Deployment[]
}

/** What is wrong with the app, in one line, with the way to the log and the way out. */
export function Trouble({ app, processes, deployments }: Props) {
  const mayChange = useMay('app.change')
  const verb = useAppVerb(app.name)
  const trouble = sayTrouble(app, processes, deployments)
  if (!trouble) return null

  return (
    <Notice
      tone={trouble.tone}
      title={trouble.title}
      actions={
        <>
          {trouble.deployment !== undefined && (
            <ButtonLink
              to="/apps/$name/deployments/$number"
              params={{ name: app.name, number: String(trouble.deployment) }}
              size="sm"
            >
              {t('See deployment #{deployment}', { deployment: trouble.deployment })}
            </ButtonLink>
          )}
          {trouble.showsLog && (
            <ButtonLink to="/apps/$name/logs" params={{ name: app.name }} size="sm">
              {t('Read the log')}
            </ButtonLink>
          )}
          {trouble.verb !== undefined && mayChange && (
            <Button
              size="sm"
              busy={verb.isPending}
              onClick={() => trouble.verb && verb.mutate(trouble.verb)}
            >
              {trouble.verb === 'start' ? t('Start') : t('Restart')}
            </Button>
          )}
        </>
      }
    >
      {trouble.text}
    </Notice>
  )
}
