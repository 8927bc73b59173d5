import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { App, DestroyedApp } from '@vastrox/shared/app.ts'
import { Deployment } from '@vastrox/shared/deployment.ts'
import { type Page, pageOf } from '@vastrox/shared/page.ts'
import { Starter } from '@vastrox/shared/starter.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const appPage = pageOf(App)
const trashList = itemsOf(DestroyedApp)

export const appsQuery = queryOptions({
  queryKey: ['app-list'],
  queryFn: async ({ signal }) => {
    const apps: App[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const path: string = `/apps?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
      const page: Page<App> = await api.get(path, appPage, { signal })
      apps.push(...page.items)
      cursor = page.nextCursor
    }
    return apps
  },
})

/** Destroyed apps, which can be taken back until somebody purges them. */
export const trashQuery = queryOptions({
  queryKey: ['app-list', 'trash'],
  queryFn: ({ signal }) => api.get('/destroyed-apps', trashList, { signal }),
})

export function useRestoreApp() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => api.post(`/destroyed-apps/${name}/restore`, ignored),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: appsQuery.queryKey }),
  })
}

export const appQuery = (name: string) =>
  queryOptions({
    queryKey: ['app', name, 'detail'],
    queryFn: ({ signal }) => api.get(`/apps/${name}`, App, { signal }),
  })

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
            throw new NotDeployed('the image was refused', { cause })
          })
      await fill?.(name).catch((cause: unknown) => {
        throw new NotDeployed('the files were not taken', { cause })
      })
      return app
    },
    onSuccess: (app) => queryClient.setQueryData(appQuery(app.name).queryKey, app),
    onSettled: () => queryClient.invalidateQueries({ queryKey: appsQuery.queryKey }),
  })
}
