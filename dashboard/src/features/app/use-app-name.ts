import { getRouteApi } from '@tanstack/react-router'

const route = getRouteApi('/shell/apps/$name')

/** The app that the page is about. */
export const useAppName = (): string => route.useParams({ select: ({ name }) => name })
