<?php
// Installs WordPress into the empty database.
define('WP_INSTALLING', true);

function wp_new_blog_notification()
{
    // The original sends a mail.
}

require ABSPATH . 'wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Import AI', 'author', 'author@example.org', true);
update_option('timezone_string', 'America/Los_Angeles');
update_option('permalink_structure', '/%year%/%monthnum%/%day%/%postname%/');
// The first post, "Hello world!", is none of the newsletter. It is older than all issues.
global $wpdb;
$old = '2016-07-01 12:00:00';
$dates = array_fill_keys(['post_date', 'post_date_gmt', 'post_modified', 'post_modified_gmt'], $old);
$wpdb->update($wpdb->posts, $dates, ['ID' => 1]);
echo '[]';
