<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title><?= e($name) ?> is running</title>
<link rel="stylesheet" href="/style.css?v=<?= e($commit) ?>">
</head>
<body>
<main>
<?= $content ?>
</main>
</body>
</html>
