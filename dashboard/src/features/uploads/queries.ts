import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { Deployment } from '@vastrox/shared/deployment.ts'
import {
  type ChangeUploads,
  TreeDifference,
  UploadedFiles,
  UploadPassword,
  Uploads,
} from '@vastrox/shared/upload.ts'
import { z } from 'zod'
import { api } from '#lib/api.ts'

const nothing = z.undefined()
const Path = z.object({ path: z.string() })

const sources = (app: string): string => `/apps/${app}/sources`
/** Where one file is read and written. */
export const contentPath = (app: string, path: string): string =>
  `${sources(app)}/files/content?path=${encodeURIComponent(path)}`
export const archivePath = (app: string, publish: boolean): string =>
  `${sources(app)}/archive?publish=${publish}`

export const uploadsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'uploads', 'state'],
    queryFn: ({ signal }) => api.get(`${sources(app)}/uploads`, Uploads, { signal }),
  })

export const filesQuery = (app: string, path: string) =>
  queryOptions({
    queryKey: ['app', app, 'uploads', 'files', path],
    queryFn: ({ signal }) =>
      api.get(`${sources(app)}/files?path=${encodeURIComponent(path)}`, UploadedFiles, { signal }),
  })

export const differenceQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'uploads', 'difference'],
    queryFn: ({ signal }) => api.get(`${sources(app)}/difference`, TreeDifference, { signal }),
  })

/** What every act on an app's files makes old. */
export function useRefreshUploads(app: string) {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['app', app] })
}

export const usePublish = (app: string) =>
  useMutation({
    mutationFn: (wish: { incomplete: boolean }) =>
      api.post(`${sources(app)}/publish`, Deployment, wish),
    onSuccess: useRefreshUploads(app),
  })

export const useDiscard = (app: string) =>
  useMutation({
    mutationFn: () => api.post(`${sources(app)}/discard`, nothing),
    onSuccess: useRefreshUploads(app),
  })

export const useChangeUploads = (app: string) =>
  useMutation({
    mutationFn: (change: ChangeUploads) => api.patch(`${sources(app)}/uploads`, Uploads, change),
    onSuccess: useRefreshUploads(app),
  })

export const useCreatePassword = (app: string) =>
  useMutation({
    mutationFn: () => api.post(`${sources(app)}/uploads/password`, UploadPassword),
    onSuccess: useRefreshUploads(app),
  })

export const useRemoveFile = (app: string) =>
  useMutation({
    mutationFn: (path: string) =>
      api.delete(`${sources(app)}/files?path=${encodeURIComponent(path)}`, nothing),
    onSuccess: useRefreshUploads(app),
  })

export const useMakeDirectory = (app: string) =>
  useMutation({
    mutationFn: (path: string) => api.post(`${sources(app)}/files/directories`, Path, { path }),
    onSuccess: useRefreshUploads(app),
  })

export const useRenameFile = (app: string) =>
  useMutation({
    mutationFn: (wish: { from: string; to: string }) =>
      api.post(`${sources(app)}/files/rename`, Path, wish),
    onSuccess: useRefreshUploads(app),
  })
