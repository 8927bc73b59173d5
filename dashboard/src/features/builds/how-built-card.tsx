import { useQuery } from '@tanstack/react-query'
import type { ReleaseBuild } from '@vastrox/shared/build-plan.ts'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { ejectQuery, releaseBuildQuery } from '#features/builds/queries.ts'
import { t } from '#lib/words.ts'
import { Button, ExternalButton } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

interface Props {
  app: string
  release: number
}

/** Why the image of a release is as it is, what else could be had, and the Dockerfile behind it. */
export function HowBuiltCard({ app, release }: Props) {
  const { data: build, error, refetch } = useQuery(releaseBuildQuery(app, release))
  const [ejecting, setEjecting] = useState(false)
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!build) return <Skeleton className="h-32" />

  return (
    <Card
      title={t('How it was built')}
      lead={leadOf(build)}
      aside={
        build.canEject && (
          <Button size="sm" onClick={() => setEjecting(true)}>
            {t('Take the Dockerfile over')}
          </Button>
        )
      }
    >
      <Lines lines={build.summary} />
      <Lines title={t('Left out')} lines={build.notes} />
      <Lines title={t('What else could be had')} lines={build.alternatives} />
      <details className="mt-4">
        <summary className="cursor-pointer font-medium">
          {build.image ? t('Image') : t('Dockerfile')}
        </summary>
        <CopyBlock
          label={build.image ? t('image') : t('Dockerfile')}
          text={build.dockerfile}
          className="mt-2"
        />
      </details>
      <EjectDialog app={app} release={release} open={ejecting} onClose={() => setEjecting(false)} />
    </Card>
  )
}

function leadOf({ image, stack, because }: ReleaseBuild): string {
  if (image)
    return t('{reference}, pinned to {digest}', {
      reference: image.reference,
      digest: image.digest ?? t('no digest'),
    })
  return because === '' ? stack : t('{stack}, found by {because}', { stack, because })
}

function Lines({ title, lines }: { title?: string; lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <div className="mt-4 first:mt-0">
      {title !== undefined && <h3 className="mb-1 text-sm font-medium">{title}</h3>}
      <ul className="space-y-1 text-muted">
        {lines.map((line) => (
          <li key={line} className="break-words">
            {line}
          </li>
        ))}
      </ul>
    </div>
  )
}

function EjectDialog({
  app,
  release,
  open,
  onClose,
}: Props & { open: boolean; onClose: () => void }) {
  const { data: ejected, error } = useQuery({ ...ejectQuery(app, release), enabled: open })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      wide
      title={t('Take the Dockerfile over')}
      lead={t('Commit these files: from then on the app brings its own Dockerfile.')}
    >
      {error && <ErrorNotice error={error} />}
      {!ejected && !error && <Skeleton className="h-40" />}
      {ejected && (
        <>
          <ExternalButton
            href={`/api/v1/apps/${app}/releases/${release}/dockerfile.tar`}
            icon={<Download size={15} aria-hidden />}
          >
            {t('Download all of them (tar)')}
          </ExternalButton>
          {Object.entries(ejected.files).map(([path, text]) => (
            <div key={path} className="mt-4">
              <h3 className="mb-1 font-mono text-sm break-all">{path}</h3>
              <CopyBlock label={path} text={text} />
            </div>
          ))}
          <Lines title={t('To know')} lines={ejected.notes} />
        </>
      )}
    </Dialog>
  )
}
