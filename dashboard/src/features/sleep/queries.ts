import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { AppSleep } from '@vastrox/shared/sleep.ts'
import { api } from '#lib/api.ts'
import { t } from '#lib/words.ts'
import { toast } from '#ui/toast.tsx'

export const sleepQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'sleep'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/sleep`, AppSleep, { signal }),
  })

/** By hand, whatever the settings say. */
export function useSleepVerb(app: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (verb: 'sleep' | 'wake') => api.post(`/apps/${app}/${verb}`, AppSleep),
    onSuccess: (found) => {
      queryClient.setQueryData(sleepQuery(app).queryKey, found)
      toast.good(found.isAsleep ? t('Asleep. The next visitor wakes it.') : t('Awake.'))
    },
    onError: (error) => toast.error(error),
  })
}
