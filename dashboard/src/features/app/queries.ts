import { useMutation } from '@tanstack/react-query'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'
import { t } from '#lib/words.ts'
import { toast } from '#ui/toast.tsx'

export type AppVerb = 'restart' | 'stop' | 'start' | 'redeploy'

const DONE: Record<AppVerb, string> = {
  restart: t('Restarting. The old instances serve until the new ones answer.'),
  stop: t('Stopping.'),
  start: t('Starting.'),
  redeploy: t('Deploying the live release again.'),
}

/** The verbs that ask for nothing but a click. What comes of it is told by the event stream. */
export const useAppVerb = (app: string) =>
  useMutation({
    mutationFn: (verb: AppVerb) =>
      api.post(verb === 'redeploy' ? `/apps/${app}/deployments` : `/apps/${app}/${verb}`, ignored),
    onSuccess: (_reply, verb) => toast.good(DONE[verb]),
    onError: (error) => toast.error(error),
  })
