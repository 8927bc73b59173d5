import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { App } from '@vastrox/shared/app.ts'
import { Deployment } from '@vastrox/shared/deployment.ts'
import { Starter } from '@vastrox/shared/starter.ts'
import { appQuery, appsQuery } from '#features/apps/queries.ts'
import { api } from '#lib/api.ts'
import { itemsOf } from '#lib/list-of.ts'
import { t } from '#lib/words.ts'

const starterList = itemsOf(Starter)

export const startersQuery = queryOptions({
  queryKey: ['starters'],
  queryFn: ({ signal }) => api.get('/starters', starterList, { signal }),
})

/** An app, and what it begins with where that is not a push. */
export interface NewApp {
  name: string
  starter?: string
  image?: string
  /** Brings its files, once it is there. */
  fill?: (name: string) => Promise<void>
  /** It was made by an earlier try. */
  exists?: boolean
}

/** The app is there, but what it was to begin with was refused. */
export class NotDeployed extends Error {}

export function useNewApp() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ name, starter, image, fill, exists = false }: NewApp): Promise<App> => {
      const app = exists
        ? await api.get(`/apps/${name}`, App)
        : await api.post('/apps', App, { name, ...(starter !== undefined && { starter }) })
      if (image !== undefined)
        await api
          .post(`/apps/${name}/sources/image`, Deployment, { reference: image })
          .catch((cause: unknown) => {
            throw new NotDeployed(t('the image was refused'), { cause })
          })
      await fill?.(name).catch((cause: unknown) => {
        throw new NotDeployed(t('the files were not taken'), { cause })
      })
      return app
    },
    onSuccess: (app) => queryClient.setQueryData(appQuery(app.name).queryKey, app),
    onSettled: () => queryClient.invalidateQueries({ queryKey: appsQuery.queryKey }),
  })
}
