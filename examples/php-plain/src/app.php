<?php

declare(strict_types=1);

require_once __DIR__ . '/response.php';
require_once __DIR__ . '/view.php';

/** What is answered to a request; `$files` is what PHP makes of an upload. */
function respond(string $method, string $path, array $files): Response
{
    return match (true) {
        $path === '/health' => new Response('{"status":"ok"}', type: 'application/json'),
        $path !== '/' => page('There is nothing here.', status: 404),
        $method === 'POST' => answerUpload($files['file'] ?? null),
        default => page(),
    };
}

/** Nothing is kept: PHP removes the file when the request ends. */
function answerUpload(?array $file): Response
{
    $error = $file['error'] ?? UPLOAD_ERR_NO_FILE;
    if (is_array($error)) {
        return page('Choose one file.', status: 400);
    }
    if ($error === UPLOAD_ERR_INI_SIZE || $error === UPLOAD_ERR_FORM_SIZE) {
        return page('That file is larger than ' . ini_get('upload_max_filesize') . ' bytes.', status: 413);
    }
    if ($error !== UPLOAD_ERR_OK) {
        return page('Choose a file first.', status: 400);
    }

    return page(upload: [
        'name' => $file['name'],
        'size' => $file['size'],
        'sha256' => hash_file('sha256', $file['tmp_name']),
    ]);
}

function page(string $message = '', ?array $upload = null, int $status = 200): Response
{
    return new Response(
        view('home', [
            'name' => getenv('VASTROX_APP') ?: 'hello',
            'release' => getenv('VASTROX_RELEASE') ?: 'not deployed yet',
            'commit' => substr(getenv('SOURCE_VERSION') ?: 'unknown', 0, 7),
            'secure' => ($_SERVER['HTTPS'] ?? '') === 'on',
            'message' => $message,
            'upload' => $upload,
        ]),
        $status,
    );
}
