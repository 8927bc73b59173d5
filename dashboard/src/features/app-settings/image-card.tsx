import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { AppSources } from '@vastrox/shared/image-source.ts'
import { sourcesQuery } from '#features/app-settings/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { api } from '#lib/api.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

/** For an app that is made of an image: which one exactly, and whether its tag is followed. */
export function ImageCard({ name }: { name: string }) {
  const mayChange = useMay('app.change')
  const queryClient = useQueryClient()
  const { data } = useQuery(sourcesQuery(name))
  const change = useMutation({
    mutationFn: (follows: boolean) =>
      api.patch(`/apps/${name}/sources/image`, AppSources, { follows }),
    onSuccess: (sources) => queryClient.setQueryData(sourcesQuery(name).queryKey, sources),
    onError: toast.error,
  })
  const image = data?.image
  if (!image) return null

  return (
    <Card
      title={t('Image')}
      lead={t('The app is made of an image, taken as it is.')}
      aside={
        mayChange && (
          <Button size="sm" busy={change.isPending} onClick={() => change.mutate(!image.follows)}>
            {image.follows ? t('Stay with this image') : t('Follow the tag')}
          </Button>
        )
      }
    >
      <dl className="space-y-3">
        <div>
          <dt className="text-sm text-muted">{t('Image')}</dt>
          <dd className="font-mono text-sm break-all">{image.reference}</dd>
        </div>
        <div>
          <dt className="text-sm text-muted">{t('Pinned to')}</dt>
          <dd className="font-mono text-sm break-all">{image.digest ?? t('nothing yet')}</dd>
        </div>
      </dl>
      <p className="mt-3 text-sm text-muted">
        {image.follows
          ? t(
              'The registry is asked every 10 minutes; when the tag has moved, the app is deployed again.',
            )
          : t('It stays as it is until it is deployed again.')}
        {image.checkedAt !== null && (
          <>
            {t(' Asked ')}
            <Ago at={image.checkedAt} />.
          </>
        )}
      </p>
      {image.problem !== null && (
        <div className="mt-3">
          <Notice tone="warn" title={image.problem} />
        </div>
      )}
    </Card>
  )
}
