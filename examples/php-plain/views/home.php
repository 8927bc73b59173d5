  <h1><span class="dot" aria-hidden="true"></span><?= e($name) ?> is running</h1>
  <p>Change something, commit it, and <code>git push</code>: this page follows without missing a request.</p>
<?php if ($message !== ''): ?>
  <p class="message" role="alert"><?= e($message) ?></p>
<?php endif ?>
  <dl>
    <dt>Release</dt><dd><?= e($release) ?></dd>
    <dt>Commit</dt><dd><?= e($commit) ?></dd>
    <dt>PHP</dt><dd><?= e(PHP_VERSION) ?></dd>
    <dt>Connection</dt><dd><?= $secure ? 'HTTPS' : 'HTTP' ?></dd>
<?php if ($upload !== null): ?>
    <dt>File</dt><dd><?= e($upload['name']) ?>, <?= e(number_format($upload['size'])) ?> bytes</dd>
    <dt>SHA-256</dt><dd><?= e($upload['sha256']) ?></dd>
<?php endif ?>
  </dl>
  <form method="post" action="/" enctype="multipart/form-data">
    <label for="file">The checksum of a file</label>
    <input id="file" type="file" name="file" required>
    <button>Work it out</button>
  </form>
