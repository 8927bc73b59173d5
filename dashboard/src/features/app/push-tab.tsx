import { useSuspenseQuery } from '@tanstack/react-query'
import { DeployKeysCard } from '#features/deploy-keys/deploy-keys-card.tsx'
import { PushSteps } from '#features/app/push-steps.tsx'
import { useAppName } from '#features/app/use-app-name.ts'
import { appQuery } from '#features/apps/queries.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'

export function PushTab() {
  const name = useAppName()
  const { data: app } = useSuspenseQuery(appQuery(name))
  useTitle(t('Push · {name}', { name }))
  return (
    <div className="space-y-6">
      <PushSteps app={app} />
      <DeployKeysCard app={name} />
    </div>
  )
}
