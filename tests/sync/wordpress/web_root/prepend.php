<?php
// php-fpm runs this file before each script. WordPress then takes its code from Debian's package,
// but wp-config.php and wp-content from this folder.
define('ABSPATH', __DIR__ . '/');
