<?php

declare(strict_types=1);

// Run by `php tests/app-test.php`: no library needed.
require dirname(__DIR__) . '/src/app.php';

function check(string $what, bool $holds): void
{
    echo $holds ? "ok      $what\n" : "FAILED  $what\n";
    if (!$holds) {
        exit(1);
    }
}

$file = tempnam(sys_get_temp_dir(), 'upload');
file_put_contents($file, "hello\n");
$upload = ['name' => '<b>a.txt', 'size' => 6, 'tmp_name' => $file, 'error' => UPLOAD_ERR_OK];
$answer = respond('POST', '/', ['file' => $upload]);
unlink($file);

check('the first page answers', respond('GET', '/', [])->status === 200);
check('health answers in JSON', respond('GET', '/health', [])->body === '{"status":"ok"}');
check('any other path is a 404', respond('GET', '/nothing', [])->status === 404);
check('an upload without a file is refused', respond('POST', '/', [])->status === 400);
check('an upload that is too large is refused', respond('POST', '/', ['file' => ['error' => UPLOAD_ERR_INI_SIZE]])->status === 413);
check('an upload gets its checksum', str_contains($answer->body, '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03'));
check('a name is never taken for HTML', str_contains($answer->body, '&lt;b&gt;a.txt'));
