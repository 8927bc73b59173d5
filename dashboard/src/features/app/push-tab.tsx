import { useSuspenseQuery } from '@tanstack/react-query'
import { PushSteps } from '#features/app/push-steps.tsx'
import { useAppName } from '#features/app/use-app-name.ts'
import { appQuery } from '#features/apps/queries.ts'
import { useTitle } from '#lib/use-title.ts'

export function PushTab() {
  const name = useAppName()
  const { data: app } = useSuspenseQuery(appQuery(name))
  useTitle(`Push · ${name}`)
  return <PushSteps app={app} />
}
