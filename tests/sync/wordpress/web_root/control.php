<?php
// Runs the commands of a test: a JSON list of [name, argument]. Answers with the list of their results.
require ABSPATH . 'wp-load.php';

const COMMANDS = [
    'add_posts', 'delete_posts', 'replace_text', 'restore_site', 'save_site', 'set_options', 'update_posts',
];

function add_posts(array $posts): array
{
    return array_map(fn ($post) => wp_insert_post(wp_slash($post + ['post_status' => 'publish']), true), $posts);
}

function update_posts(array $posts): array
{
    return array_map(fn ($post) => wp_update_post(wp_slash($post), true), $posts);
}

function replace_text(array $change): int
{
    $text = str_replace($change['old'], $change['new'], get_post($change['ID'])->post_content, $count);
    update_posts([['ID' => $change['ID'], 'post_content' => $text]]);
    return $count;
}

function delete_posts(array $ids): void
{
    array_map('wp_trash_post', $ids);
}

function set_options(array $options): void
{
    foreach ($options as $name => $value) {
        update_option($name, $value);
    }
    delete_option('rewrite_rules'); // WordPress makes them again from permalink_structure.
}

function save_site(): void
{
    global $wpdb;
    $wpdb->query('CREATE DATABASE saved');
    foreach ($wpdb->get_col('SHOW TABLES') as $table) {
        $wpdb->query("CREATE TABLE saved.$table LIKE $table");
        $wpdb->query("INSERT INTO saved.$table SELECT * FROM $table");
    }
}

function restore_site(): void
{
    global $wpdb;
    foreach ($wpdb->get_col('SHOW TABLES') as $table) {
        $wpdb->query("TRUNCATE $table");
        $wpdb->query("INSERT INTO $table SELECT * FROM saved.$table");
    }
}

wp_set_current_user(1);
kses_init();
$results = [];
foreach (json_decode(file_get_contents('php://input'), true) as [$name, $argument]) {
    $results[] = in_array($name, COMMANDS, true) ? $name($argument) : null;
}
header('Content-Type: application/json');
echo wp_json_encode($results);
