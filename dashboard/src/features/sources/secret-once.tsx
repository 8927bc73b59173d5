import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Notice } from '#ui/notice.tsx'

interface Props {
  url: string
  secret: string
  onDone: () => void
}

/** The webhook's address and its secret: the only time that it can be seen. */
export function SecretOnce({ url, secret, onDone }: Props) {
  return (
    <Notice
      tone="warn"
      title={t('Add a webhook at the Git host, so that a push deploys at once')}
      actions={
        <Button size="sm" onClick={onDone}>
          {t('Done')}
        </Button>
      }
    >
      {t(
        'Events: pushes, tags and deleted branches, as JSON. The secret cannot be shown again. Without a webhook the repository is asked now and then.',
      )}
      <CopyBlock label={t('webhook address')} text={url} className="mt-3" />
      <CopyBlock label={t('webhook secret')} text={secret} className="mt-2" />
    </Notice>
  )
}
